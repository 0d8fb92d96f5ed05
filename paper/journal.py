"""The journal: what was accepted is in a file before anybody hears of it.

One JSON line holds the records of all calls that came in one turn of the event loop, written and
flushed together. A line that a crash has torn holds calls that were never answered, and each call's
records are in one line, so none is ever half there.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from paper.engine.orders import Record

logger = logging.getLogger(__name__)


class Journal:
    """An append-only file of records, read once at the start.

    Call `record` for each change, then `durable` before answering.
    """

    def __init__(self, directory: Path, *, sync: bool) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / "journal.jsonl"
        self._sync = sync
        self._encoder = msgspec.json.Encoder()
        self._records: list[bytes] = []
        self._written: asyncio.Future[None] | None = None
        self._file = -1
        self.after_write: Callable[[], None] = lambda: None

    def replay(self) -> Iterator[Record]:
        """Every record in the file, oldest first. A torn last line is cut off."""
        decoder = msgspec.json.Decoder(list[Record])
        good = 0
        if self.path.exists():
            with self.path.open("rb") as lines:
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    yield from decoder.decode(line)
                    good += len(line)
        self._open(good)

    def _open(self, length: int) -> None:
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
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

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]
        if self._sync:
            os.fdatasync(self._file)

    def close(self) -> None:
        """Write what is left and close the file."""
        if self._records:
            self._flush()
        os.close(self._file)
