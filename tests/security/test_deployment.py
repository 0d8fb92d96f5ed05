"""Django's own checks of a deployment, as it runs behind a proxy that speaks TLS."""

import os
import subprocess
import sys

import pytest

from tradeplat.run.environment import BASE_DIR


@pytest.mark.parametrize("https", ["false", "true"])
def test_the_checks_of_a_deployment_find_nothing(https: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.static_settings", "HTTPS": https}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
