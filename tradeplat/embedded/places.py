"""Where the embedded servers keep their data, sockets and binaries, and whom they run as."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# PostgreSQL refuses to run as root, and the account it runs as instead can rarely look into
# root's directories, so everything it needs is kept here.
SYSTEM_HOME = Path("/var/lib/tradeplat")
_ACCOUNTS = ("postgres", "nobody")
_LONGEST_SOCKET_PATH = 107
_SOCKET_NAME_ROOM = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True, slots=True)
class Place:
    """Directories of one VAR_DIR's servers. `user` is None when they run as ourselves."""

    home: Path
    sockets: Path
    user: pwd.struct_passwd | None

    @classmethod
    def of(cls, var_dir: Path) -> Self:
        """The place that belongs to a VAR_DIR; always the same one, nothing is created."""
        digest = hashlib.sha256(os.fsencode(var_dir.absolute())).hexdigest()[:12]
        if os.geteuid() == 0:
            home = SYSTEM_HOME / digest
            return cls(home=home, sockets=home / "sockets", user=_system_account())
        home = var_dir.absolute() / "embedded"
        sockets = home / "sockets"
        if len(os.fsencode(sockets)) + _SOCKET_NAME_ROOM > _LONGEST_SOCKET_PATH:
            sockets = Path("/tmp") / f"tradeplat-{os.geteuid()}-{digest}"
        return cls(home=home, sockets=sockets, user=None)

    def create(self) -> None:
        """Make the directories, readable by the servers' account alone. Safe to repeat.

        Raises PermissionError when somebody else already owns one of them.
        """
        if self.user:
            SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        for directory in (self.home, self.sockets):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.give(directory)
            self._refuse_stranger(directory)

    def give(self, path: Path) -> None:
        """Make the servers' account the owner of a path."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _refuse_stranger(self, directory: Path) -> None:
        owner = self.user.pw_uid if self.user else os.geteuid()
        status = directory.lstat()  # Not stat: /tmp is open to other people's symbolic links.
        if status.st_uid != owner or not stat.S_ISDIR(status.st_mode):
            raise PermissionError(f"{directory} belongs to somebody else")
        directory.chmod(0o700)

    def erase(self) -> None:
        """Delete everything the servers stored. They must not be running."""
        for directory in (self.home, self.sockets):
            shutil.rmtree(directory, ignore_errors=True)

    def binaries(self, package: Path, version: str, *, probe: str, parts: list[str]) -> Path:
        """The directory to run a package's binaries from: the package's own where the servers'
        account can reach it, a copy made once per version where it cannot.

        `probe` is a program in the package that exits at `--version`; `parts` is what to copy,
        as paths beside the package.
        """
        if self.user is None or self._can_run(package.parent / probe):
            return package.parent
        copy = SYSTEM_HOME / "packages" / f"{package.name}-{version}"
        if not copy.exists():
            _copy_once(package.parent, parts, copy)
        return copy

    def _can_run(self, program: Path) -> bool:
        assert self.user
        with suppress(PermissionError):
            answer = subprocess.run(
                [program, "--version"], user=self.user.pw_uid, capture_output=True, cwd="/"
            )
            return answer.returncode == 0
        return False


def _system_account() -> pwd.struct_passwd:
    for name in _ACCOUNTS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError(f"PostgreSQL refuses to run as root and there is no {' or '.join(_ACCOUNTS)}")


def _copy_once(source: Path, parts: list[str], target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as unfinished:
        fresh = Path(unfinished) / target.name
        for part in parts:
            shutil.copytree(source / part, fresh / part, symlinks=True)
        fresh.chmod(0o755)
        with suppress(OSError):  # Somebody else was faster: theirs is the same.
            fresh.rename(target)
