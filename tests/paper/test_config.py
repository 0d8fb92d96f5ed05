"""Settings: a flag wins over its variable, which wins over the default."""

from pathlib import Path

import pytest

from paper.config import load


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAPER_PORT", "PAPER_DIR", "PAPER_CONTROL_TOKEN", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_defaults_are_those_of_a_laptop() -> None:
    config = load([])
    assert (config.host, config.port, config.directory) == ("127.0.0.1", 9090, Path("var/paper"))


def test_a_variable_sets_what_no_flag_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPER_PORT", "9191")
    monkeypatch.setenv("VAR_DIR", "/elsewhere")
    assert load([]).port == 9191
    assert load(["--port", "9292"]).port == 9292
    assert load([]).directory == Path("/elsewhere/paper")


def test_the_control_token_does_not_show() -> None:
    assert "open-sesame" not in repr(load(["--control-token", "open-sesame"]))
