"""What the checks found, as a table: reliance, result, what was seen."""

import textwrap
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

_RESULT_WIDTH, _GAP = 7, 2
_NARROWEST = 100
_COLOURS: dict[str, dict[str, bool]] = {
    "holds": {"green": True},
    "broken": {"red": True, "bold": True},
    "skipped": {"yellow": True},
}


@dataclass(frozen=True, slots=True)
class Row:
    reliance: str
    result: str  # holds, broken or skipped
    seen: str
    by: str
    source: str


class Table:
    """A plugin that collects the outcome of every check and writes the table at the end."""

    NAME = "conformance-table"

    def __init__(self, title: str) -> None:
        self._title = title
        self._rows: list[Row] = []
        self.footnote = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        mark = item.get_closest_marker("relied_on")
        if mark and (report.when == "call" or not report.passed):
            by, source = mark.args[0], mark.kwargs["source"]
            self._rows.append(Row(reliance_of(item), _result(report), _seen(report), by, source))
        return report

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        terminalreporter.section(self._title)
        width = max(terminalreporter._tw.fullwidth, _NARROWEST)
        for row in self._rows:
            for line in _lines(row, width):
                terminalreporter.write_line(line, **_COLOURS[row.result])
        counts = (f"{self._count(result)} {result}" for result in _COLOURS)
        terminalreporter.write_line(f"\n{', '.join(counts)}. {self.footnote}")

    def _count(self, result: str) -> int:
        return sum(row.result == result for row in self._rows)


def reliance_of(item: Any) -> str:
    """What a check says that we rely on, with the case of it that this item is."""
    words = " ".join(str(item.function.__doc__).split())
    case = f" [{item.callspec.id}]" if hasattr(item, "callspec") else ""
    return words + case


def _result(report: pytest.TestReport) -> str:
    return {"passed": "holds", "failed": "broken", "skipped": "skipped"}[report.outcome]


def _seen(report: pytest.TestReport) -> str:
    noted = [str(value) for name, value in report.user_properties if name == "seen"]
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        noted.append(crash.message.partition("\n")[0] if crash else "it could not be checked")
    return "; ".join(noted)


def _lines(row: Row, width: int) -> Iterator[str]:
    """The row in three columns, and who relies on it below what is broken."""
    room = width - _RESULT_WIDTH - 2 * _GAP
    left = textwrap.wrap(row.reliance, room * 3 // 5)
    right = textwrap.wrap(row.seen, room - room * 3 // 5)
    if row.result == "broken":
        left += textwrap.wrap(f"Relied on by {row.by}. Source: {row.source}.", room * 3 // 5)
    gap = " " * _GAP
    for number in range(max(len(left), len(right))):
        result = row.result if number == 0 else ""
        reliance = left[number] if number < len(left) else ""
        seen = right[number] if number < len(right) else ""
        line = f"{reliance:<{room * 3 // 5}}{gap}{result:<{_RESULT_WIDTH}}{gap}{seen}"
        yield line.rstrip()
