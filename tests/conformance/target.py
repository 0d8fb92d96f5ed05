"""Which exchange is held to what we rely on, and with whose keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings

from execution.exchange import Credentials
from tests.paper_exchange import PaperExchange

ENVIRONMENTS = ("PAPER", "TESTNET", "DEMO")
_LIVE_HOST = re.compile(r"(api|stream|ws-api)(-gcp|\d)?\.binance\.(com|us)")
_REACH_SECONDS = 10.0


class Unusable(Exception):
    """There is nothing to check against, in one sentence for whoever started the checks."""


@dataclass(frozen=True, slots=True)
class Target:
    """One environment's addresses, an account there and the market that the checks trade in."""

    environment: str
    rest_url: str
    ws_api_url: str
    stream_url: str
    credentials: Credentials
    symbol: str = "BTCUSDT"


def on_paper(exchange: PaperExchange, credentials: Credentials) -> Target:
    return Target("PAPER", exchange.rest_url, exchange.ws_api_url, exchange.stream_url, credentials)


def from_environment(environ: Mapping[str, str]) -> Target:
    """The target that CONFORMANCE_ENV and its keys name.

    Raises: `Unusable`, also for whatever leads to real money.
    """
    name = environ["CONFORMANCE_ENV"].upper()
    if name not in ENVIRONMENTS:
        raise Unusable(
            f"ENV={name.lower()} is not checked: it must be paper, testnet or demo, never live."
        )
    urls = settings.EXCHANGE_URLS[name]
    for url in urls.values():
        if _LIVE_HOST.fullmatch(urlsplit(url).hostname or ""):
            raise Unusable(f"{name} points at {url}, where the money is real: not checked.")
    return Target(
        name,
        urls["REST_URL"],
        urls["WS_API_URL"],
        urls["STREAM_URL"],
        Credentials(name, _key(environ, name, "API_KEY"), _key(environ, name, "SECRET_KEY")),
        environ.get("CONFORMANCE_SYMBOL", "BTCUSDT"),
    )


def reach(target: Target) -> None:
    """Raises: `Unusable` where nobody answers."""
    try:
        requests.get(f"{target.rest_url}/v3/ping", timeout=_REACH_SECONDS).raise_for_status()
    except requests.RequestException as error:
        words = f"{target.environment} cannot be reached at {target.rest_url}"
        raise Unusable(f"{words} ({type(error).__name__}).") from error


def _key(environ: Mapping[str, str], name: str, kind: str) -> str:
    variables = (f"CONFORMANCE_{name}_{kind}", f"CONFORMANCE_{kind}")
    for variable in variables:
        if key := environ.get(variable, "").strip():
            return key
    raise Unusable(
        f"{name} needs keys of an account there: set {variables[1]} (or {variables[0]})."
    )
