"""The story of `manage.py up`: servers, migrations, processes, a word when all is ready, a stop."""

import dataclasses
import os
import sys
import time
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from accounts.demo import create_demo_operator, create_demo_user
from tradeplat.embedded import EmbeddedServer

from . import static_files, var_dir
from .children import Program
from .environment import BASE_DIR, embedded_servers
from .interruption import Interruption
from .logs import Logs
from .ports import answers_http, is_free
from .procfile import read_procfile
from .supervisor import Supervisor

Commands = dict[str, list[str]]

# process: (variable that names its port, path that answers once it is warm)
_PORTS = {
    "web": ("WEB_PORT", "/readyz"),
    "realtime": ("REALTIME_PORT", "/healthz"),
    "paper": ("PAPER_PORT", "/api/v3/ping"),
}
# Together below the ten seconds within which a stop has to be over.
_PROCESS_GRACE_SECONDS = 6.0
_SERVER_GRACE_SECONDS = 3.0
_SERVER_START_SECONDS = 60.0


class CannotStart(Exception):
    """Why not, in words for the person at the terminal."""


def run(only: Collection[str] | None) -> None:
    """Run the processes of the Procfile, or `only` some, until Ctrl-C or SIGTERM.

    Raises CannotStart.
    """
    commands = _choose(read_procfile(BASE_DIR / "Procfile", _environment()), only)
    try:
        with var_dir.held(settings.VAR_DIR):
            var_dir.end_leftovers(settings.VAR_DIR)
            _refuse_taken_ports(commands)
            _supervise(commands, embedded_servers(settings.VAR_DIR), Logs())
    except var_dir.AlreadyRunning as error:
        second = "VAR_DIR, WEB_PORT, REALTIME_PORT and PAPER_PORT"
        raise CannotStart(f"{error}; a second copy needs {second} of its own") from None


def _choose(commands: Commands, only: Collection[str] | None) -> Commands:
    if only is None:
        return {name: argv for name, argv in commands.items() if name != "paper" or _wants_paper()}
    if unknown := set(only) - set(commands):
        known = ", ".join(commands)
        raise CannotStart(f"the Procfile has no {', '.join(sorted(unknown))}, only {known}")
    return {name: commands[name] for name in only}


def _wants_paper() -> bool:
    """Whether any environment points at the paper exchange that we would start."""
    ours = f"127.0.0.1:{settings.PAPER_PORT}"
    return any(
        urlsplit(urls["REST_URL"]).netloc == ours for urls in settings.EXCHANGE_URLS.values()
    )


def _refuse_taken_ports(commands: Commands) -> None:
    for name, (variable, _) in _PORTS.items():
        port = getattr(settings, variable)
        if name in commands and not is_free(port):
            raise CannotStart(f"port {port} is taken: give {name} another one with {variable}")


def _supervise(commands: Commands, servers: list[EmbeddedServer], logs: Logs) -> None:
    interruption = Interruption()
    supervisor = Supervisor(logs, obey=interruption.obey)
    try:
        for server in servers:
            _start_server(supervisor, server)
        _prepare(logs)
        for name, argv in commands.items():
            supervisor.start(Program(name=name, argv=argv, env=_environment(), cwd=BASE_DIR))
        _wait_until_they_answer(supervisor, commands)
        _announce(logs, commands, demo=any(server.name == "postgres" for server in servers))
        while True:
            supervisor.run(seconds=60)
    except (KeyboardInterrupt, Exception):
        if not interruption.asked:
            raise
        logs.write("up", "stopping")
    finally:
        interruption.ignore()
        supervisor.stop(commands, grace_seconds=_PROCESS_GRACE_SECONDS)
        supervisor.stop([server.name for server in servers], grace_seconds=_SERVER_GRACE_SECONDS)


def _start_server(supervisor: Supervisor, server: EmbeddedServer) -> None:
    server.prepare()
    program = server.program()
    program = dataclasses.replace(program, env=dict(program.env) | _mark())
    supervisor.start(program, prepare=server.prepare)
    deadline = time.monotonic() + _SERVER_START_SECONDS
    while not server.answers():
        if time.monotonic() > deadline:
            raise CannotStart(f"{server.name} does not answer; its own words are above")
        supervisor.run(seconds=0.05)


def _prepare(logs: Logs) -> None:
    """Bring the database and the static files up to date."""
    logs.write("up", "migrating the database")
    call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
    if static_files.collect_changed(settings.STATIC_ROOT):
        logs.write("up", "static files collected")


def _wait_until_they_answer(supervisor: Supervisor, commands: Commands) -> None:
    waiting = {name: _PORTS[name] for name in commands if name in _PORTS}
    while waiting:
        supervisor.run(seconds=0.1)
        waiting = {
            name: (variable, path)
            for name, (variable, path) in waiting.items()
            if not answers_http(getattr(settings, variable), path)
        }


def _announce(logs: Logs, commands: Commands, *, demo: bool) -> None:
    """Say where to go and, on a database that is ours, as whom."""
    if "web" not in commands:
        return
    if demo:  # Only now: the paper exchange that deals the account its balance has to answer.
        trader, operator = create_demo_user(), create_demo_operator()
        connections.close_all()
        logs.write("up", "sign in as {} with the password {}".format(*trader))
        logs.write("up", "and at /admin as {} with the password {}".format(*operator))
    logs.write("up", f"ready: http://localhost:{settings.WEB_PORT}")


def _environment() -> dict[str, str]:
    """The environment of our processes: programs of this virtual environment come first."""
    programs = Path(sys.executable).parent
    return (
        dict(os.environ)
        | _mark()
        | {
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "VAR_DIR": str(settings.VAR_DIR),
        }
    )


def _mark() -> dict[str, str]:
    return {var_dir.MARK: str(settings.VAR_DIR)}
