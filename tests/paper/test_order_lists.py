"""One-cancels-the-other: the first of two orders that trades, fires or is cancelled ends both."""

import asyncio
from typing import Any

import pytest

from tests.paper.conftest import Trader
from tests.paper.sockets import Events
from tests.paper.test_refusals import refusal
from tests.paper_exchange import PaperExchange

# A long position of 0.01 BTC: profit is taken at 60,000, the loss is stopped at 45,000.
PAIR = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.01",
    "listClientOrderId": "the-pair",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "60000",
    "aboveClientOrderId": "profit",
    "belowType": "STOP_LOSS_LIMIT",
    "belowStopPrice": "45000",
    "belowPrice": "44900",
    "belowTimeInForce": "GTC",
    "belowClientOrderId": "loss",
}
BUYING = PAIR | {
    "side": "BUY",
    "aboveType": "STOP_LOSS_LIMIT",
    "aboveStopPrice": "60000",
    "abovePrice": "60100",
    "aboveTimeInForce": "GTC",
    "belowType": "LIMIT_MAKER",
    "belowPrice": "45000",
}
del BUYING["belowStopPrice"], BUYING["belowTimeInForce"]


def place(trader: Trader, **changes: str) -> dict[str, Any]:
    answer: dict[str, Any] = trader.client._request_api(
        "post", "orderList/oco", True, data=PAIR | changes
    )
    return answer


def statuses(trader: Trader) -> dict[str, str]:
    orders = trader.client.get_all_orders(symbol="BTCUSDT")
    return {order["clientOrderId"]: order["status"] for order in orders}


def locked(trader: Trader, asset: str) -> str:
    balance: str = trader.client.get_asset_balance(asset=asset)["locked"]
    return balance


def test_a_pair_rests_and_sets_its_quantity_aside_once(still: PaperExchange, alice: Trader) -> None:
    told = place(alice)
    assert (told["contingencyType"], told["listOrderStatus"]) == ("OCO", "EXECUTING")
    assert [order["clientOrderId"] for order in told["orders"]] == ["profit", "loss"]
    assert {each["orderListId"] for each in told["orderReports"]} == {told["orderListId"]}
    assert statuses(alice) == {"profit": "NEW", "loss": "NEW"}
    assert locked(alice, "BTC") == "0.01000000"


def test_a_buying_pair_sets_aside_what_its_dearer_leg_costs(
    still: PaperExchange, alice: Trader
) -> None:
    alice.client._request_api("post", "orderList/oco", True, data=dict(BUYING))
    assert locked(alice, "USDT") == "601.00000000"


def test_profit_that_is_taken_ends_the_stop(still: PaperExchange, alice: Trader) -> None:
    place(alice)
    still.set_price("BTCUSDT", "60010")
    assert statuses(alice) == {"profit": "FILLED", "loss": "EXPIRED"}
    assert locked(alice, "BTC") == "0.00000000"


def test_a_stop_that_fires_ends_the_limit(still: PaperExchange, alice: Trader) -> None:
    place(alice)
    still.set_price("BTCUSDT", "44990")
    assert statuses(alice) == {"profit": "EXPIRED", "loss": "FILLED"}
    assert locked(alice, "BTC") == "0.00000000"
    assert alice.client.get_order(symbol="BTCUSDT", origClientOrderId="profit")["expiryReason"] == (
        "OCO_TRIGGER"
    )


@pytest.mark.parametrize("leg", ["profit", "loss"])
def test_a_leg_that_is_cancelled_takes_the_other_along(
    still: PaperExchange, alice: Trader, leg: str
) -> None:
    place(alice)
    alice.client.cancel_order(symbol="BTCUSDT", origClientOrderId=leg)
    assert statuses(alice) == {"profit": "CANCELED", "loss": "CANCELED"}
    assert locked(alice, "BTC") == "0.00000000"


def test_a_list_is_cancelled_as_a_whole_and_once(still: PaperExchange, alice: Trader) -> None:
    place(alice)
    fields = {"symbol": "BTCUSDT", "listClientOrderId": "the-pair"}
    told = alice.client._request_api("delete", "orderList", True, data=dict(fields))
    assert told["listOrderStatus"] == "ALL_DONE"
    assert {each["status"] for each in told["orderReports"]} == {"CANCELED"}
    again = refusal(alice, "delete", "orderList", fields)
    assert again == (400, -2011, "Unknown order list sent.")


def test_all_open_orders_are_cancelled_with_their_lists(
    still: PaperExchange, alice: Trader
) -> None:
    place(alice)
    alice.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="40000")
    alone, pair = alice.client._request_api(
        "delete", "openOrders", True, data={"symbol": "BTCUSDT"}
    )
    assert alone["orderListId"] == -1
    assert len(pair["orderReports"]) == 2
    assert alice.client.get_open_orders() == []


def test_a_list_is_found_by_its_ids_and_among_the_open_ones(
    still: PaperExchange, alice: Trader
) -> None:
    placed = place(alice)
    ask = alice.client._request_api
    by_id = ask("get", "orderList", True, data={"orderListId": placed["orderListId"]})
    by_name = ask("get", "orderList", True, data={"origClientOrderId": "the-pair"})
    (listed,) = ask("get", "openOrderList", True, data={})
    assert by_id == by_name == listed
    unknown = refusal(alice, "get", "orderList", {"orderListId": 10**9})
    assert unknown == (400, -2018, "Order list does not exist.")


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        (
            {"abovePrice": "49000"},
            -2010,
            "The relationship of the prices for the orders is not correct.",
        ),
        (
            {"belowStopPrice": "51000"},
            -2010,
            "The relationship of the prices for the orders is not correct.",
        ),
        (
            {"aboveType": "LIMIT", "aboveTimeInForce": "GTC"},
            -1014,
            "Unsupported order combination.",
        ),
        ({"belowClientOrderId": "profit"}, -2010, "Duplicate order sent."),
        (
            {"quantity": "5"},
            -2010,
            "Account has insufficient balance for requested action.",
        ),
        ({"abovePrice": "60000.001"}, -1013, "Filter failure: PRICE_FILTER"),
        (
            {"belowTimeInForce": ""},
            -1102,
            "Mandatory parameter 'belowTimeInForce' was not sent, was empty/null, or malformed.",
        ),
    ],
)
def test_half_a_pair_is_never_taken(
    still: PaperExchange, alice: Trader, changes: dict[str, str], code: int, words: str
) -> None:
    assert refusal(alice, "post", "orderList/oco", PAIR | changes) == (400, code, words)
    assert alice.client.get_all_orders(symbol="BTCUSDT") == []
    assert locked(alice, "BTC") == "0.00000000"


def test_a_pair_survives_kill_9(still: PaperExchange, alice: Trader) -> None:
    before = place(alice)
    still.restart()
    still.freeze("BTCUSDT")
    still.set_price("BTCUSDT", "60010")
    assert statuses(alice) == {"profit": "FILLED", "loss": "EXPIRED"}
    still.set_price("BTCUSDT", "50000")
    assert place(alice)["orderListId"] > before["orderListId"]


async def test_a_list_is_told_when_it_begins_and_when_it_is_over(
    still: PaperExchange, alice: Trader
) -> None:
    async with Events(alice) as events:
        await asyncio.to_thread(place, alice)
        begun = await events.next("listStatus")
        await asyncio.to_thread(still.set_price, "BTCUSDT", "60010")
        over = await events.next("listStatus")
    assert (begun["l"], begun["L"], begun["C"]) == ("EXEC_STARTED", "EXECUTING", "the-pair")
    assert (over["l"], over["L"], over["g"]) == ("ALL_DONE", "ALL_DONE", begun["g"])
    assert [leg["c"] for leg in over["O"]] == ["profit", "loss"]
