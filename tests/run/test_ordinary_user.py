"""The embedded servers without root: in VAR_DIR itself, as whoever starts them."""

import multiprocessing
import os
import pwd
import tempfile
import traceback
from pathlib import Path

import pytest

from tradeplat.embedded import Place, Postgres, Valkey, running
from tradeplat.run.environment import BASE_DIR


def run_servers(var_dir: Path) -> None:
    place = Place.of(var_dir)
    postgres, valkey = Postgres(place), Valkey(place)
    with running(postgres, valkey, logs=var_dir):
        assert postgres.answers()
        assert valkey.answers()
    assert {path.stat().st_uid for path in (postgres.data, valkey.data)} == {os.geteuid()}
    assert var_dir in postgres.data.parents


def run_servers_as(user: pwd.struct_passwd, var_dir: Path) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    try:
        run_servers(var_dir)
    except BaseException:
        traceback.print_exc()  # An exit code is all that the parent sees.
        raise


@pytest.mark.skipif(os.geteuid() == 0, reason="root is not an ordinary user")
def test_an_ordinary_user_runs_the_servers_in_var_dir(tmp_path: Path) -> None:
    run_servers(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_gives_way_to_an_ordinary_user() -> None:
    if not all(parent.stat().st_mode & 0o001 for parent in (BASE_DIR, *BASE_DIR.parents)):
        pytest.skip("nobody cannot reach this checkout")
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(dir="/tmp") as var_dir:
        os.chown(var_dir, nobody.pw_uid, nobody.pw_gid)
        # Forked, because nobody may be kept from the interpreter that runs this.
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=run_servers_as, args=(nobody, Path(var_dir)))
        process.start()
        process.join(timeout=60)
        assert process.exitcode == 0
