"""The journal: what was accepted is in a file before anybody hears of it.

One JSON line holds the records of all calls that came in one turn of the event loop, written and
flushed together. A line that a crash has torn holds calls that were never answered, and each call's
records are in one line, so none is ever half there.

The journal is cut into segments. `checkpoint-N.json` is the state before `journal-N.jsonl`; what is
older than the newest checkpoint is deleted.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from paper.engine.checkpoint import Checkpoint
from paper.engine.orders import Record

logger = logging.getLogger(__name__)


class Journal:
    """An append-only record of changes. `load` and `replay` come first, once, in this order.

    Call `record` for each change, then `durable` before answering.
    """

    def __init__(self, directory: Path, *, sync: bool, segment_bytes: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._sync = sync
        self._segment_bytes = segment_bytes
        self._number = 0
        self._file = -1
        self._size = 0
        self._writer_pid = 0
        self._encoder = msgspec.json.Encoder()
        self._records: list[bytes] = []
        self._written: asyncio.Future[None] | None = None
        self.after_write: Callable[[], None] = lambda: None
        self.on_full: Callable[[], None] = lambda: None

    def load(self) -> Checkpoint | None:
        """The newest checkpoint, if there is one."""
        found = sorted(self._directory.glob("checkpoint-*.json"))
        if not found:
            return None
        self._number = _number_of(found[-1])
        return msgspec.json.decode(found[-1].read_bytes(), type=Checkpoint)

    def replay(self) -> Iterator[Record]:
        """Every record since the checkpoint, oldest first. A torn last line is cut off."""
        decoder = msgspec.json.Decoder(list[Record])
        length = 0
        for segment in self._segments():
            self._number, length = _number_of(segment), 0
            with segment.open("rb") as lines:
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    yield from decoder.decode(line)
                    length += len(line)
        self._open(length)

    def _segments(self) -> list[Path]:
        found = sorted(self._directory.glob("journal-*.jsonl"))
        return [segment for segment in found if _number_of(segment) >= self._number]

    def _open(self, length: int) -> None:
        path = self._directory / f"journal-{self._number:08d}.jsonl"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = length
        torn = os.fstat(self._file).st_size - length
        if torn:
            logger.warning("cut %d bytes of an unfinished line off the journal", torn)
            os.ftruncate(self._file, length)

    def record(self, record: Record) -> None:
        """Note a change. It is encoded now, because orders go on changing."""
        self._records.append(self._encoder.encode(record))
        if self._written is None:
            loop = asyncio.get_running_loop()
            self._written = loop.create_future()
            # Two turns: every call that is ready in this one joins the same write.
            loop.call_soon(loop.call_soon, self._flush)

    async def durable(self) -> None:
        """Return once everything noted so far is in the file."""
        if self._written is not None:
            await asyncio.shield(self._written)

    def begin_segment(self, checkpoint: Checkpoint) -> None:
        """Go on in a new segment; a child process writes the state before it, without a pause."""
        os.close(self._file)
        self._number += 1
        self._open(0)
        self._writer_pid = os.fork()
        if self._writer_pid == 0:
            self._write_checkpoint(checkpoint)

    def _write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """In the child: write, rename, vanish. Its copies of our connections are closed first."""
        status = 1
        try:
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            path = self._directory / f"checkpoint-{self._number:08d}.json"
            draft = path.with_suffix(".draft")
            with os.fdopen(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
            ) as out:
                out.write(msgspec.json.encode(checkpoint))
                out.flush()
                os.fsync(out.fileno())
            draft.rename(path)
            status = 0
        finally:
            os._exit(status)  # Nothing of the parent's event loop may run here.

    def _reap_writer(self) -> None:
        """Once the checkpoint is there, delete what came before it."""
        pid, status = os.waitpid(self._writer_pid, os.WNOHANG)
        if not pid:
            return
        self._writer_pid = 0
        if status:
            logger.error("the checkpoint was not written; the journal keeps all its segments")
            return
        for kind in ("journal-*.jsonl", "checkpoint-*.json"):
            for path in self._directory.glob(kind):
                if _number_of(path) < self._number:
                    path.unlink()

    def _flush(self) -> None:
        records, self._records = self._records, []
        written, self._written = self._written, None
        try:
            self._write(b"[" + b",".join(records) + b"]\n")
        except OSError:
            # What is in memory can no longer be promised: stop at once, as a crash would.
            logger.exception("the journal cannot be written")
            os._exit(1)
        if written is not None:
            written.set_result(None)
        self.after_write()
        if self._writer_pid:
            self._reap_writer()
        elif self._size > self._segment_bytes:
            self.on_full()

    def _write(self, data: bytes) -> None:
        self._size += len(data)
        while data:
            data = data[os.write(self._file, data) :]
        if self._sync:
            os.fdatasync(self._file)

    def close(self) -> None:
        """Write what is left and close the file."""
        if self._records:
            self._flush()
        if self._writer_pid:
            os.waitpid(self._writer_pid, 0)
        os.close(self._file)


def _number_of(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
