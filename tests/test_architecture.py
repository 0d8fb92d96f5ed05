"""Imports point one way: a module imports only from the layers below its own, or its own unit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "execution", "paper", "realtime", "tradeplat", "trading")

# From the doors down to the facts. The longest name that fits a module is its unit.
LAYERS = [
    {"tradeplat.urls", "tradeplat.asgi", "tradeplat.wsgi", "tradeplat.management"},
    {"accounts.admin", "trading.admin", "tradeplat.operators.site"},
    {"tradeplat.run", "accounts.urls", "trading.urls", "realtime.routing"},
    {
        "accounts.api",
        "accounts.demo",
        "accounts.management",
        "accounts.pages",
        "accounts.tasks",
        "execution.management",
        "execution.tasks",
        "realtime",
        "trading.api",
        "trading.management",
        "trading.pages",
        "trading.templatetags",
        "trading.tasks",
        "tradeplat.error_views",
        "tradeplat.health",
    },
    {
        "accounts.authentication",
        "accounts.bodies",
        "accounts.operators",
        "accounts.throttles",
        "accounts.upkeep",
        "execution.worker",
        "trading.clean_up",
        "tradeplat.operators",
    },
    {"accounts.registration", "execution.sweep", "trading.attention", "trading.market_rows"},
    {"accounts.exchange_accounts"},
    {"accounts.key_check", "accounts.provisioning", "execution.reconcile"},
    {
        "accounts.pauses",
        "execution.executor",
        "execution.user_streams",
        "trading.order_words",
        "trading.placement",
        "trading.proof",
    },
    {"execution.balances", "execution.bell", "execution.sending", "execution.symbols"},
    {"execution.holds", "trading.ledger", "trading.symbol_rules"},
    {
        "execution.lease_holder",
        "execution.exchanges",
        "execution.public_data",
        "trading.balances",
        "trading.intents",
    },
    {
        "execution.binance",
        "execution.binance_events",
        "execution.leases",
        "trading.publisher",
        "trading.symbols",
    },
    {"execution.binance_answers", "execution.binance_errors", "trading.messages"},
    {"execution.binance_client", "execution.binance_words", "execution.events", "trading.results"},
    {"accounts.key_changes"},
    {"execution.exchange", "trading.markets", "trading.positions"},
    {"execution.models", "trading.models"},
    {"accounts.lockout", "accounts.web_sessions", "trading.states"},
    {"accounts.restoring", "accounts.sessions"},
    {"accounts.key_pairs", "accounts.passwords", "accounts.tokens"},
    {"accounts.models"},
    {
        "accounts.devices",
        "accounts.fields",
        "accounts.revocations",
        "execution.calls",
        "tradeplat.outage",
        "tradeplat.wire",
    },
    {
        "execution.batches",
        "execution.clock",
        "execution.loop",
        "tradeplat.openapi",
        "tradeplat.problems",
    },
    {"tradeplat.run.environment"},
    {"tradeplat.embedded", "tradeplat.formats"},
    {
        "tradeplat.run.children",
        "tradeplat.run.heartbeat",
        "tradeplat.run.ports",
        "tradeplat.run.procfile",
        "paper",
    },
]
DEPTH = {unit: depth for depth, units in enumerate(LAYERS) for unit in units}
# Read by Django and Celery, never imported by us.
CONFIGURATION = {
    "apps",
    "settings",
    "static_files",
    "middleware",
    "admin",
    "schema",
    "celery",
    "scheduler",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[str, Path]:
    found = {
        module_name(path): path
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    }
    return {
        name: path
        for name, path in found.items()
        if name not in APPS and name.rpartition(".")[2] not in CONFIGURATION
    }


def unit_of(module: str) -> str:
    fits = [unit for unit in DEPTH if f"{module}.".startswith(f"{unit}.")]
    assert fits, f"{module} has no layer: give it one in LAYERS"
    return max(fits, key=len)


def imported(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, wherever in it the import stands."""
    known = ALL_NAMES
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = module_name(path.parent / "__init__.py").split(".")
                base = ".".join(package[: len(package) - node.level + 1])
                module = f"{base}.{module}".rstrip(".")
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner in known else module


MODULES = modules()
ALL_NAMES = {module_name(path) for app in APPS for path in (ROOT / app).rglob("*.py")}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down(module: str) -> None:
    unit = unit_of(module)
    for name in imported(MODULES[module]):
        if name not in MODULES:
            continue
        other = unit_of(name)
        assert other == unit or DEPTH[other] > DEPTH[unit], f"{module} imports {name}"


def test_the_paper_exchange_knows_nothing_of_django_or_of_us() -> None:
    for path in (ROOT / "paper").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            roots = {name.partition(".")[0] for name in names}
            assert not roots & ({"django", "rest_framework"} | set(APPS) - {"paper"}), path


def test_no_import_hides_in_a_function() -> None:
    """An import inside a function hides a cycle."""
    for path in MODULES.values():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden = [inner for inner in ast.walk(node) if isinstance(inner, ast.ImportFrom)]
                ours = [
                    inner.module for inner in hidden if (inner.module or "").split(".")[0] in APPS
                ]
                assert not ours, f"{path.name}:{node.name} imports {ours}"
