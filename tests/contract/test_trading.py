"""Every call of the trading contract on the real web process: paths, fields, types, codes."""

import json
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.contract import shapes
from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes

ORDERS = "/api/trading/orders"
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
RESTING = MARKET | {"type": "LIMIT", "price": "40000"}


def read(trader: Trader, path: str) -> requests.Response:
    return requests.get(
        trader.platform.web_url + path,
        headers={"Authorization": f"Bearer {trader.token}"},
        timeout=10,
    )


def filled(trader: Trader, **fields: Any) -> str:
    order_id = trader.place(**MARKET | fields)
    eventually(lambda: trader.order(order_id)["status"] == "FILLED")
    return order_id


def resting(trader: Trader) -> str:
    order_id = trader.place(**RESTING)
    eventually(lambda: trader.order(order_id)["status"] == "NEW")
    return order_id


def test_placing_answers_202_with_the_id_and_pending(trader: Trader) -> None:
    answer = trader.post(ORDERS, MARKET)
    assert answer.status_code == 202
    assert shapes.fits(answer.json(), {"orderId": shapes.uuid, "status": shapes.text})
    assert answer.json()["status"] == "PENDING"


def test_orders_are_a_bare_array_of_rows_with_the_event_number(trader: Trader) -> None:
    resting(trader)
    filled(trader)
    answer = read(trader, ORDERS)
    assert shapes.rows(shapes.ORDER)(answer.json())
    assert answer.headers["X-Event-Seq"].isdigit()
    assert answer.headers["Content-Type"] == "application/json"
    assert {row["userId"] for row in answer.json()} == {trader.user_id}


def test_numbers_are_written_digit_for_digit(trader: Trader) -> None:
    order_id = trader.place(**RESTING | {"quantity": "0.00123", "price": "40000.10"})
    raw = read(trader, f"{ORDERS}/{order_id}").text
    assert '"quantity":0.00123,"price":40000.1,' in raw
    raw = read(trader, f"{ORDERS}/{order_id}?decimals=string").text
    assert '"quantity":"0.00123","price":"40000.1",' in raw
    assert '"executedQuantity":"0"' in raw


def test_one_order_has_its_events_and_fills(trader: Trader) -> None:
    order_id = filled(trader)
    order = trader.order(order_id)
    assert shapes.fits(order, shapes.ORDER_IN_FULL)
    assert order["events"][0]["status"] == "PENDING"
    assert order["events"][-1]["status"] == "FILLED"
    exact = read(trader, f"{ORDERS}/{order_id}?decimals=string").json()
    assert sum(Decimal(fill["quantity"]) for fill in exact["fills"]) == Decimal("0.001")


def test_pages_are_linked(trader: Trader) -> None:
    for _ in range(3):
        trader.place(**RESTING)
    answer = read(trader, f"{ORDERS}?limit=2&symbol=BTCUSDT")
    address = answer.links["next"]["url"]
    assert address.startswith(trader.platform.web_url)
    following = read(trader, address.removeprefix(trader.platform.web_url))
    assert following.json()[0]["id"] < answer.json()[-1]["id"]


def test_a_cancel_is_asked_for_and_comes(trader: Trader) -> None:
    order_id = resting(trader)
    answer = trader.delete(f"{ORDERS}/{order_id}")
    assert (answer.status_code, answer.json()) == (202, {"orderId": order_id, "status": "NEW"})
    eventually(lambda: trader.order(order_id)["status"] == "CANCELED")
    again = trader.delete(f"{ORDERS}/{order_id}")
    assert (again.status_code, again.json()["code"]) == (409, "ORDER_NOT_OPEN")


def test_all_open_orders_are_cancelled(trader: Trader) -> None:
    other = Trader.register(trader.platform)
    mine = [resting(other), resting(other)]
    answer = other.delete(f"{ORDERS}?symbol=BTCUSDT")
    assert (answer.status_code, answer.json()) == (202, {"count": 2})
    eventually(lambda: {other.statuses()[order_id] for order_id in mine} == {"CANCELED"})


def test_positions_are_a_bare_array_of_rows(trader: Trader) -> None:
    filled(trader)
    answer = read(trader, "/api/trading/positions")
    assert answer.json() and shapes.rows(shapes.POSITION)(answer.json())
    assert answer.headers["X-Event-Seq"].isdigit()


def test_trades_are_a_bare_array_of_rows(trader: Trader) -> None:
    order_id = filled(trader)
    answer = read(trader, "/api/trading/trades?symbol=BTCUSDT&limit=5")
    assert shapes.rows(shapes.TRADE)(answer.json())
    assert answer.json()[0]["orderId"] == order_id
    assert answer.headers["X-Event-Seq"].isdigit()


def test_the_account_is_one_object(trader: Trader) -> None:
    assert shapes.fits(trader.get("/api/user/account"), shapes.ACCOUNT)


def test_markets_need_no_token(whole: Platform) -> None:
    base = f"{whole.web_url}/api/market"
    symbols = requests.get(f"{base}/symbols", timeout=10).json()
    assert {row["symbol"] for row in symbols} >= {"BTCUSDT", "ETHUSDT"}
    candles = requests.get(f"{base}/candles?symbol=BTCUSDT&interval=1m&limit=3", timeout=10).json()
    assert len(candles) == 3 and shapes.rows(shapes.CANDLE)(candles)
    tickers = requests.get(f"{base}/tickers", timeout=10).json()
    assert tickers and shapes.rows(shapes.TICKER)(tickers)
    book = requests.get(f"{base}/book?symbol=BTCUSDT", timeout=10).json()
    assert book["bids"] and shapes.fits(book, shapes.BOOK)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (MARKET | {"side": "buy"}, 400, "INVALID", "side"),
        (MARKET | {"surprise": 1}, 400, "INVALID", "surprise"),
        (MARKET | {"symbol": "NOPE"}, 400, "UNKNOWN_SYMBOL", "symbol"),
        (RESTING | {"price": "40000.001"}, 400, "PRICE_FILTER", "price"),
        (MARKET | {"quantity": "0.000001"}, 400, "LOT_SIZE", "quantity"),
        (MARKET | {"quantity": "0.00001"}, 400, "NOTIONAL", "quantity"),
        (MARKET | {"account": 10**9}, 404, "NOT_FOUND", None),
        ([], 400, "INVALID", "body"),
    ],
)
def test_a_refusal_is_a_problem_document(
    trader: Trader, body: Any, status: int, code: str, field: str | None
) -> None:
    answer = trader.post(ORDERS, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert shapes.fits(problem, shapes.PROBLEM)
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    assert field is None or field in problem["errors"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/trading/orders/", "/api/trading/orders/x"])
def test_what_is_not_there_is_a_problem_document_too(trader: Trader, path: str) -> None:
    answer = read(trader, path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert shapes.fits(answer.json(), shapes.PROBLEM)


def test_the_same_key_is_the_same_order(trader: Trader) -> None:
    key = {"Idempotency-Key": "contract-1"}
    first, again = (trader.post(ORDERS, MARKET, **key) for _ in range(2))
    assert (again.status_code, again.content) == (202, first.content)
    other = trader.post(ORDERS, MARKET | {"side": "SELL"}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_client_order_id_is_taken_once(trader: Trader) -> None:
    body = MARKET | {"clientOrderId": "contract-1"}
    assert trader.post(ORDERS, body).status_code == 202
    again = trader.post(ORDERS, body)
    assert (again.status_code, again.json()["code"]) == (409, "DUPLICATE_CLIENT_ORDER_ID")


def test_what_is_said_on_redis_has_the_contracts_fields(trader: Trader) -> None:
    with trader.platform.redis() as redis, redis.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(
            "commands:order:submit",
            "events:order:status",
            "events:position:update",
            "events:account:update",
        )
        filled(trader)
        messages: dict[str, dict[str, Any]] = {}

        def all_heard() -> bool:
            message = heard.get_message(timeout=1)
            if message:
                body = json.loads(message["data"])
                assert body["userId"] == trader.user_id
                messages[message["channel"]] = body
            return len(messages) == 4

        eventually(all_heard)
    assert shapes.fits(messages["commands:order:submit"], shapes.SUBMIT_COMMAND)
    assert shapes.fits(messages["events:order:status"], shapes.ORDER_STATUS)
    owner = {"userId": shapes.whole}
    assert shapes.fits(messages["events:position:update"], shapes.POSITION | owner)
    assert shapes.fits(messages["events:account:update"], shapes.ACCOUNT | owner)
