"""The environment: every variable is documented, and keys are made once."""

import os
import re
from pathlib import Path

import pytest

from tradeplat.run.environment import BASE_DIR, prepare_environment
from tradeplat.run.procfile import read_procfile

KEYS = ("SECRET_KEY", "JWT_KEY", "FIELD_ENCRYPTION_KEYS")


def test_the_example_names_every_variable_of_settings_and_procfile() -> None:
    settings = (BASE_DIR / "tradeplat/settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', settings))
    read |= set(re.findall(r"\$\{(\w+)", (BASE_DIR / "Procfile").read_text()))
    example = (BASE_DIR / ".env.example").read_text()
    assert read - set(re.findall(r"^# (\w+)=", example, re.MULTILINE)) == set()


def test_keys_are_made_once_and_kept_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    for name in (*KEYS, "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    prepare_environment()
    written = (tmp_path / "embedded.env").read_text()
    assert all(re.search(rf"^{name}=\S{{40,}}$", written, re.MULTILINE) for name in KEYS)
    assert (tmp_path / "embedded.env").stat().st_mode & 0o077 == 0

    prepare_environment()
    assert (tmp_path / "embedded.env").read_text() == written


def test_a_given_database_needs_given_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    for name in KEYS:
        monkeypatch.delenv(name)
    assert {"DATABASE_URL", "REDIS_URL"} <= set(os.environ)
    prepare_environment()
    assert not (tmp_path / "embedded.env").exists()


def test_the_procfile_is_filled_in_as_a_shell_would(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("# A comment\nweb: serve --port ${PORT:-80} --name ${NAME}\n")
    assert read_procfile(procfile, {}) == {"web": ["serve", "--port", "80", "--name"]}
    assert read_procfile(procfile, {"PORT": "81", "NAME": "a"})["web"][2:] == ["81", "--name", "a"]


def test_the_manual_tells_of_every_variable_with_its_default() -> None:
    manual = (BASE_DIR / "docs/operations.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z]\w+)` \| ?(\S*) \|", manual, re.MULTILINE))
    assert told == {name: default for name, default in examples() if told_by_row(name)}


def test_the_example_says_the_defaults_of_the_settings() -> None:
    settings = (BASE_DIR / "tradeplat/settings.py").read_text()
    read = re.findall(r'env\.\w+\(\s*"(\w+)", default=("[^"]*"|[\d_.]+|True|False)\)', settings)
    example = dict(examples())
    assert len(read) > 30
    for name, default in read:
        assert comparable(example[name]) == comparable(default.strip('"')), name


def examples() -> list[tuple[str, str]]:
    """Each variable of .env.example with the default that it shows; a blank where it has none."""
    lines = (BASE_DIR / ".env.example").read_text()
    pairs = re.findall(r"^# (\w+)=(.*)$", lines, re.MULTILINE)
    required = {"DATABASE_URL", "REDIS_URL"}  # Shown by an example.
    return [(name, "" if name in required else value) for name, value in pairs]


def told_by_row(name: str) -> bool:
    """The addresses of exchanges are told in a sentence."""
    return not name.startswith("BINANCE_")


def comparable(value: str) -> str | float:
    """Numbers by their worth, everything else as it is written."""
    try:
        return float(value)
    except ValueError:
        return value.lower()
