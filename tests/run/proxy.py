"""The proxy of docker-compose.yml, with its own configuration, run for a test."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from tests.waiting import eventually
from tradeplat.run.children import Program, spawn, stop
from tradeplat.run.environment import BASE_DIR
from tradeplat.run.ports import answers_http

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
_TEMPLATES = BASE_DIR / "deploy" / "nginx"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx. `log` is all that it has written."""

    port: int
    log_path: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/prices"

    def log(self) -> str:
        return self.log_path.read_text()


@contextmanager
def proxy_before(*, web: int, realtime: int, directory: Path) -> Iterator[Proxy]:
    """Run the proxy before two ports of this machine for the length of a block."""
    port, health_port, redirect_port = free_port(), free_port(), free_port()
    proxy = Proxy(port, directory / "nginx.log")
    configuration = write_configuration(
        directory,
        listen="plain",
        WEB_UPSTREAM=f"127.0.0.1:{web}",
        REALTIME_UPSTREAM=f"127.0.0.1:{realtime}",
        PROXY_PORT=str(port),
        PROXY_HEALTH_PORT=str(health_port),
        PROXY_REDIRECT_PORT=str(redirect_port),
    )
    program = Program(name="proxy", argv=[*_command(configuration), "-g", _globals()])
    with proxy.log_path.open("wb") as log:
        child = spawn(program, log)
    try:
        eventually(lambda: answers_http(health_port, "/") or child.poll() is not None)
        assert child.poll() is None, proxy.log()
        yield proxy
    finally:
        stop([(program, child)], grace_seconds=5)


def write_configuration(directory: Path, *, listen: str, **variables: str) -> Path:
    """Fill in the templates as the official image does; the path of the main file."""
    values = {
        "NGINX_LOCAL_RESOLVERS": "127.0.0.1",  # Never asked: upstreams are addresses here.
        "WEB_UPSTREAM": "127.0.0.1:1",
        "REALTIME_UPSTREAM": "127.0.0.1:1",
        "PROXY_LISTEN": listen,
        "PROXY_PORT": "8000",
        "PROXY_REDIRECT_PORT": "8001",
        "PROXY_HEALTH_PORT": "8002",
        "PROXY_STATE_DIR": str(directory),
        "PROXY_TLS_DIR": str(directory),
    } | variables
    for template in _TEMPLATES.glob("*.template"):
        text = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], template.read_text())
        (directory / template.stem).write_text(text)
    return directory / "nginx.conf"


def complaints(configuration: Path) -> str:
    """What nginx has against a configuration, empty when nothing."""
    checked = subprocess.run(
        [*_command(configuration), "-t", "-q"], capture_output=True, text=True, timeout=10
    )
    return checked.stderr


def _command(configuration: Path) -> list[str]:
    assert NGINX
    return [NGINX, "-e", "stderr", "-c", str(configuration)]


def _globals() -> str:
    """As root, nginx would drop to an account that cannot look into a test's directory."""
    return "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
