"""docker-compose.yml: every process is there, watched, and refuses to start without secrets."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from tradeplat.run.environment import BASE_DIR
from tradeplat.run.procfile import read_procfile


def _compose() -> list[str]:
    """Compose as a program of its own, or as Docker's plugin; empty where there is neither."""
    for command in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(command[0]):
            asked = subprocess.run([*command, "version"], capture_output=True)
            if asked.returncode == 0:
                return command
    return []


COMPOSE = _compose()
needs_compose = pytest.mark.skipif(
    not COMPOSE, reason="docker-compose is missing: apt-get install docker-compose"
)
SECRETS = {
    "SECRET_KEY",
    "JWT_KEY",
    "FIELD_ENCRYPTION_KEYS",
    "POSTGRES_PASSWORD",
    "PAPER_CONTROL_TOKEN",
}
PROCESSES = set(read_procfile(BASE_DIR / "Procfile", {}))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the deployment needs of a checkout, without anybody's .env."""
    for path in ("docker-compose.yml", "docker-compose.tls.yml"):
        shutil.copy(BASE_DIR / path, tmp_path)
    shutil.copytree(BASE_DIR / "deploy", tmp_path / "deploy")
    return tmp_path


def write_secrets(checkout: Path) -> dict[str, str]:
    """What .env says after `make env`."""
    env = {"PATH": os.environ["PATH"]}
    subprocess.run(["sh", "deploy/new-secrets"], cwd=checkout, env=env, check=True)
    lines = (checkout / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def composed(checkout: Path, *files: str, **env: str) -> subprocess.CompletedProcess[str]:
    flags = [flag for file in files or ("docker-compose.yml",) for flag in ("--file", file)]
    return subprocess.run(
        [*COMPOSE, *flags, "config"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "HOME": str(checkout)} | env,
        capture_output=True,
        text=True,
    )


def services(done: subprocess.CompletedProcess[str]) -> Mapping[str, Any]:
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = yaml.safe_load(done.stdout)["services"]
    return found


@needs_compose
def test_every_process_has_a_container_that_is_watched(checkout: Path) -> None:
    write_secrets(checkout)
    found = services(composed(checkout))
    assert found.keys() >= PROCESSES
    for name in found.keys() - {"migrate"}:
        assert "healthcheck" in found[name], name
        assert found[name]["restart"] == "unless-stopped"
    for name in PROCESSES | {"proxy"}:
        assert found[name]["read_only"] is True
        assert found[name]["cap_drop"] == ["ALL"]


@needs_compose
def test_only_the_proxy_is_reached_from_outside_and_from_this_machine_at_first(
    checkout: Path,
) -> None:
    write_secrets(checkout)
    found = services(composed(checkout))
    published = {name: service["ports"] for name, service in found.items() if "ports" in service}
    assert published.keys() == {"proxy"}
    assert all("127.0.0.1" in str(port) for port in published["proxy"])


@needs_compose
@pytest.mark.parametrize("secret", ["JWT_KEY", "POSTGRES_PASSWORD"])
def test_a_missing_secret_is_named_with_the_command_that_makes_it(
    checkout: Path, secret: str
) -> None:
    write_secrets(checkout)
    lines = (checkout / ".env").read_text().splitlines()
    kept = [line for line in lines if not line.startswith(secret)]
    (checkout / ".env").write_text("\n".join(kept) + "\n")
    done = composed(checkout)
    assert done.returncode != 0
    assert secret in done.stderr
    assert "make env" in done.stderr


@needs_compose
def test_tls_adds_the_certificate_and_the_port_that_redirects(checkout: Path) -> None:
    write_secrets(checkout)
    files = ("docker-compose.yml", "docker-compose.tls.yml")
    proxy = services(composed(checkout, *files, TLS_DIR="/etc/certificate"))["proxy"]
    assert any("/etc/certificate" in str(volume) for volume in proxy["volumes"])
    assert len(proxy["ports"]) == 4


def test_secrets_are_fresh_for_each_checkout_and_kept_from_others(checkout: Path) -> None:
    secrets = write_secrets(checkout)
    assert secrets.keys() == SECRETS
    Fernet(secrets["FIELD_ENCRYPTION_KEYS"])
    assert all(len(secrets[name]) >= 64 for name in SECRETS - {"FIELD_ENCRYPTION_KEYS"})
    assert (checkout / ".env").stat().st_mode & 0o077 == 0

    (checkout / ".env").unlink()
    again = write_secrets(checkout)
    assert all(secrets[name] != again[name] for name in SECRETS)


def test_secrets_that_are_there_stay(checkout: Path) -> None:
    (checkout / "var").mkdir()
    (checkout / "var" / "embedded.env").write_text("SECRET_KEY=s\nJWT_KEY=of the embedded run\n")
    (checkout / ".env").write_text("SECRET_KEY=mine\nLOG_LEVEL=DEBUG")
    first = write_secrets(checkout)
    assert (first["SECRET_KEY"], first["LOG_LEVEL"]) == ("mine", "DEBUG")
    assert first["JWT_KEY"] == "of the embedded run"
    assert write_secrets(checkout) == first
