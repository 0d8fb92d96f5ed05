"""A paper exchange of one's own: the real server as a child process, driven from tests."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent


class PaperExchange:
    """Starts `python -m paper` on a free port; `stop` is clean, `kill` is kill -9.

    The journal lives in `directory`, so a started-again exchange knows its accounts and orders.
    Limits are wide unless a test narrows them: everything here calls from one address.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        **options: str | int,
    ) -> None:
        self.directory = directory
        self.port = port or free_port()
        self._options: dict[str, str | int] = {"weight_limit": 10_000_000, "order_limit": 1_000_000}
        self._options.update(options)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def rest_url(self) -> str:
        """What python-binance calls API_URL."""
        return f"{self.url}/api"

    @property
    def ws_api_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws-api/v3"

    @property
    def stream_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def control_url(self) -> str:
        return f"{self.url}/control"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> Self:
        """Return once the exchange answers."""
        environment = {name: value for name, value in os.environ.items() if name[:6] != "PAPER_"}
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in self._options.items()]
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "paper",
                f"--port={self.port}",
                f"--dir={self.directory}",
                *flags,
            ],
            cwd=ROOT,
            env=environment,
        )
        self._await_ping()
        return self

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._end("terminate")

    def kill(self) -> None:
        """kill -9."""
        self._end("kill")

    def restart(self) -> None:
        """kill -9, then start again over the same journal and port."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def provision(
        self, api_key: str, secret_key: str, balances: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Open an account. Amounts are decimal text; without balances it gets the usual ones."""
        body: dict[str, Any] = {"apiKey": api_key, "secretKey": secret_key}
        if balances is not None:
            body["balances"] = dict(balances)
        answer: dict[str, Any] = self._control("POST", "accounts", body)
        return answer

    def deposit(self, api_key: str, asset: str, amount: str, *, withdraw: bool = False) -> None:
        """Money that comes, or goes, without a trade."""
        body = {"apiKey": api_key, "asset": asset, "amount": amount, "withdraw": withdraw}
        self._control("POST", "deposits", body)

    def fault(self, action: str, match: Mapping[str, str] | None = None, **details: Any) -> None:
        """Script a fault, once unless `times` says otherwise; see paper/faults.py."""
        self._control("POST", "faults", {"action": action, "match": dict(match or {}), **details})

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set, with their `hits`."""
        found: list[dict[str, Any]] = self._control("GET", "faults")
        return found

    def clear_faults(self) -> None:
        self._control("DELETE", "faults")

    def journal(self, since: int = 0) -> dict[str, Any]:
        """`{last, orders: [order + apiKey, sequence, trades]}`: orders changed after `since`."""
        answer: dict[str, Any] = self._control("GET", f"journal?since={since}")
        return answer

    def orders(self, client_order_id: str) -> list[dict[str, Any]]:
        """Every order the exchange ever took under this client id, oldest first."""
        orders = self.journal()["orders"]
        return [order for order in orders if order["clientOrderId"] == client_order_id]

    def set_price(self, symbol: str, price: str) -> None:
        """Move the walk: best bid and ask are then one tick below and above."""
        self._control("POST", "price", {"symbol": symbol, "price": price})

    def freeze(self, symbol: str, *, frozen: bool = True) -> None:
        """Hold the price: nothing fills by itself, and makers offer anew to each new order."""
        self._control("POST", "freeze", {"symbol": symbol, "frozen": frozen})

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        response = requests.request(method, f"{self.control_url}/{path}", json=body, timeout=10)
        response.raise_for_status()
        return response.json()

    def _await_ping(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, "the paper exchange ended while starting"
            with suppress(requests.RequestException):
                if requests.get(f"{self.rest_url}/v3/ping", timeout=1).ok:
                    return
            time.sleep(0.02)  # There is no event to await: the port is not open yet.
        raise TimeoutError("the paper exchange did not answer in 20 s")

    def _end(self, how: str) -> None:
        if self._process is not None and self._process.poll() is None:
            getattr(self._process, how)()
            self._process.wait(timeout=10)
        self._process = None
