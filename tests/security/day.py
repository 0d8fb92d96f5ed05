"""A day on a real platform, good and bad, on which every secret is used."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests
from cryptography.fernet import Fernet
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.processes import Platform
from tests.security.canaries import canary
from tests.waiting import eventually

ORDERS = "/api/trading/orders"
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
MOST_PAGES = 60
_LINK = re.compile(r'href="(/[^"#]*)"')
_NOT_FOLLOWED = ("/static/", "/logout", "/admin/logout", "/api/schema")


@dataclass
class Day:
    """What one trader does, and what comes back. `secrets` grows as they are made."""

    platform: Platform
    secrets: dict[str, str]
    email: str = f"carol-{uuid4().hex}@example.com"
    answers: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        answer = requests.request(
            method, self.platform.web_url + path, json=body, headers=headers, timeout=20
        )
        self.answers.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.call("POST", path, body, **headers)

    def as_trader(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.call(method, path, body, Authorization=f"Bearer {self.token}")

    # --- Signing in ------------------------------------------------------------------------------

    def register(self) -> None:
        self.secrets |= {
            "password": canary("password"),
            "given key": canary("key"),
            "given secret": canary("secret"),
        }
        registered = self.post("/auth/register", self._registration())
        assert registered.status_code == 201
        self.answers.pop()  # The one place where its tokens belong.
        self._remember("registered", registered.json())
        self.token = registered.json()["token"]
        self.secrets |= self._own_keys()

    def sign_in_badly(self) -> None:
        self.secrets["wrong password"] = wrong = canary("wrong-password")
        self.secrets["in a query"] = asked = canary("query")
        bodies: list[Any] = [
            {"email": self.email, "password": wrong},
            {"email": self.email, "password": [wrong]},
            {"email": self.email, "password": wrong, "surprise": wrong},
            self._registration() | {"email": "no address"},
            self._registration(),
        ]
        for path in ("/auth/login", "/auth/register"):
            for body in bodies:
                assert self.post(f"{path}?password={asked}", body).status_code in (400, 401)
        assert self.post("/auth/refresh", {"refresh": asked}).status_code == 401
        assert self.as_trader("GET", f"/nope?token={asked}").status_code == 404
        forged = self.call("GET", ORDERS, Authorization=f"Bearer {asked}")
        assert forged.status_code == 401

    def use_up_tokens(self) -> None:
        body = {"email": self.email, "password": self.secrets["password"]}
        signed_in = self.post("/auth/login", body)
        self._remember("login", signed_in.json())
        refreshed = self.post("/auth/refresh", {"refresh": signed_in.json()["refresh"]})
        self._remember("refreshed", refreshed.json())
        del self.answers[-2:]  # The two places where their tokens belong.
        assert (
            self.post("/auth/refresh", {"refresh": signed_in.json()["refresh"]}).status_code == 401
        )
        self.as_trader("POST", "/auth/logout")

    # --- Trading ---------------------------------------------------------------------------------

    def trade(self) -> None:
        with self._socket(self.token) as socket:
            order_id = self._placed()
            for message in map(json.loads, socket):
                data = message.get("data", {})
                if data.get("orderId") == order_id and data["status"] == "FILLED":
                    break
        for path in (f"{ORDERS}/{order_id}", "/api/trading/positions", "/api/user/account"):
            assert self.as_trader("GET", path).status_code == 200
        with suppress(ConnectionClosed), self._socket(self.secrets["in a query"]) as socket:
            socket.recv(timeout=10)

    def trade_badly(self) -> None:
        """Refused, lost and unrecordable orders: what errors and tracebacks tell."""
        assert self.as_trader("POST", ORDERS, MARKET | {"quantity": "x"}).status_code == 400
        for fault in (
            {"action": "refuse", "code": -2010, "msg": "Account has insufficient balance."},
            {"action": "accept_then_close"},
        ):
            self._fault(fault)
            self._ended(self._placed())
        with self._broken("fills"):
            self._placed()
            eventually(lambda: "violates check" in self.platform.log("worker"), timeout=30)

    def meet_mistakes_of_ours(self) -> None:
        """Answers 500, with a traceback in the log, while passwords and keys are in its frames."""
        fresh = self._registration() | {"email": f"dan-{uuid4().hex}@example.com"}
        with self._broken("exchange_accounts"):
            assert self.post("/auth/register", fresh).status_code == 500
        with self._broken("auth_sessions"):
            body = {"email": self.email, "password": self.secrets["password"]}
            assert self.post("/auth/login", body).status_code == 500
        with self._broken("order_events"):
            assert self.as_trader("POST", ORDERS, MARKET).status_code == 500

    def lose_the_keys(self) -> None:
        """The exchange knows the keys no more: the worker halts the account and says why."""
        self._fault({"action": "refuse", "code": -2015, "msg": "Invalid API-key.", "status": 401})
        self._ended(self._placed())
        query = "SELECT state FROM exchange_accounts WHERE user_id = %s"
        with self.platform.connect() as database:
            who = (self._user_id(),)
            eventually(lambda: database.execute(query, who).fetchone() == ("HALTED",))

    # --- Looking at pages ------------------------------------------------------------------------

    def look_around(self) -> None:
        """Every page that links lead an operator to, the admin's included."""
        with self.platform.connect() as database:
            rights = "UPDATE users SET is_staff = true, is_superuser = true WHERE email = %s"
            database.execute(rights, (self.email,))
        browser = requests.Session()
        base = self.platform.web_url
        browser.get(f"{base}/login", timeout=20)
        form = {
            "email": self.email,
            "password": self.secrets["password"],
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post(f"{base}/login", form, timeout=20).url.startswith(f"{base}/trade/")
        self.secrets["web session"] = str(browser.cookies["sessionid"])
        ahead, seen = ["/admin/", "/trade/BTCUSDT", ORDERS], set[str]()
        while ahead and len(seen) < MOST_PAGES:
            path = ahead.pop(0)
            if path in seen or path.startswith(_NOT_FOLLOWED):
                continue
            seen.add(path)
            page = browser.get(base + path, headers={"Accept": "text/html"}, timeout=20)
            self.pages.append(f"{path} {page.status_code} {page.text}")
            ahead += _LINK.findall(page.text)

    def _registration(self) -> dict[str, str]:
        return {
            "email": self.email,
            "password": self.secrets["password"],
            "binanceApiKey": self.secrets["given key"],
            "binanceSecretKey": self.secrets["given secret"],
        }

    def _remember(self, when: str, pair: dict[str, str]) -> None:
        self.secrets |= {f"{name}, {when}": pair[name] for name in ("token", "refresh")}

    def _own_keys(self) -> dict[str, str]:
        """The pair that we made for the account: what signs its orders."""
        cipher = Fernet(self.secrets["FIELD_ENCRYPTION_KEYS"])
        query = "SELECT api_key, secret_key FROM exchange_accounts WHERE user_id = %s"
        with self.platform.connect() as database:
            tokens = database.execute(query, (self._user_id(),)).fetchone()
        assert tokens is not None
        key, secret = (cipher.decrypt(token.encode()).decode() for token in tokens)
        return {"own key": key, "own secret": secret}

    def _user_id(self) -> int:
        with self.platform.connect() as database:
            row = database.execute(
                "SELECT id FROM users WHERE email = %s", (self.email,)
            ).fetchone()
        assert row is not None
        user_id: int = row[0]
        return user_id

    @contextmanager
    def _socket(self, token: str) -> Iterator[Any]:
        with connect(f"{self.platform.realtime_url}?token={token}") as socket:
            yield socket

    def _placed(self) -> str:
        answer = self.as_trader("POST", ORDERS, MARKET)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["orderId"])

    def _ended(self, order_id: str) -> None:
        def ended() -> bool:
            status = self.as_trader("GET", f"{ORDERS}/{order_id}").json()["status"]
            return status in ("FILLED", "REJECTED", "CANCELED", "EXPIRED")

        eventually(ended, timeout=40)

    def _fault(self, fault: dict[str, Any]) -> None:
        control = self.secrets["PAPER_CONTROL_TOKEN"]
        requests.post(
            f"{self.platform.paper_url}/control/faults",
            json={"match": {"method": "POST", "path": "order"}, **fault},
            headers={"Authorization": f"Bearer {control}"},
            timeout=10,
        ).raise_for_status()

    @contextmanager
    def _broken(self, table: str) -> Iterator[None]:
        """A mistake of ours: while inside, the table takes no new row."""
        with self.platform.connect() as database:
            database.execute(f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (false) NOT VALID")
            try:
                yield
            finally:
                database.execute(f"ALTER TABLE {table} DROP CONSTRAINT broken")
