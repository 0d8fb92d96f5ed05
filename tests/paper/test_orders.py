"""Orders over REST, as python-binance sends them."""

import pytest
from binance.exceptions import BinanceAPIException

from tests.paper.conftest import Trader
from tests.paper_exchange import PaperExchange


def test_a_market_order_answers_in_full(still: PaperExchange, alice: Trader) -> None:
    order = alice.client.order_market_buy(
        symbol="BTCUSDT", quantity="0.01000", newClientOrderId="alice-1"
    )
    assert order["clientOrderId"] == "alice-1"
    assert (order["status"], order["type"], order["side"]) == ("FILLED", "MARKET", "BUY")
    assert order["executedQty"] == "0.01000000"
    assert order["cummulativeQuoteQty"] == "500.00010000"
    (fill,) = order["fills"]
    assert fill["price"] == "50000.01000000"
    assert (fill["commission"], fill["commissionAsset"]) == ("0.00001000", "BTC")


@pytest.mark.parametrize(
    ("response_type", "has_status", "has_fills"),
    [("ACK", False, False), ("RESULT", True, False), ("FULL", True, True)],
)
def test_the_response_type_decides_how_much_is_answered(
    still: PaperExchange, alice: Trader, response_type: str, has_status: bool, has_fills: bool
) -> None:
    order = alice.client.order_market_buy(
        symbol="BTCUSDT", quoteOrderQty="50", newOrderRespType=response_type
    )
    assert ("status" in order, "fills" in order) == (has_status, has_fills)


def test_an_order_can_be_asked_for_by_either_id(still: PaperExchange, alice: Trader) -> None:
    placed = alice.client.order_limit_buy(
        symbol="BTCUSDT", quantity="0.01", price="40000", newClientOrderId="alice-1"
    )
    by_client_id = alice.client.get_order(symbol="BTCUSDT", origClientOrderId="alice-1")
    by_order_id = alice.client.get_order(symbol="BTCUSDT", orderId=placed["orderId"])
    assert by_client_id == by_order_id
    assert by_client_id["status"] == "NEW"
    assert by_client_id["origQty"] == "0.01000000"
    assert alice.client.get_open_orders() == [by_client_id]
    assert alice.client.get_all_orders(symbol="BTCUSDT") == [by_client_id]


def test_a_cancel_keeps_the_orders_own_id_and_gets_one_of_its_own(
    still: PaperExchange, alice: Trader
) -> None:
    alice.client.order_limit_buy(
        symbol="BTCUSDT", quantity="0.01", price="40000", newClientOrderId="alice-1"
    )
    canceled = alice.client.cancel_order(symbol="BTCUSDT", origClientOrderId="alice-1")
    assert canceled["origClientOrderId"] == "alice-1"
    assert canceled["clientOrderId"] != "alice-1"
    assert canceled["status"] == "CANCELED"
    assert alice.client.get_open_orders() == []
    with pytest.raises(BinanceAPIException, match="Unknown order sent") as refused:
        alice.client.cancel_order(symbol="BTCUSDT", origClientOrderId="alice-1")
    assert refused.value.code == -2011


def test_all_orders_of_a_symbol_can_be_cancelled_at_once(
    still: PaperExchange, alice: Trader
) -> None:
    for price in ("40000", "41000"):
        alice.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price=price)
    canceled = alice.client._delete("openOrders", True, data={"symbol": "BTCUSDT"})
    assert [order["status"] for order in canceled] == ["CANCELED", "CANCELED"]


def test_a_filled_orders_client_id_may_be_used_again(still: PaperExchange, alice: Trader) -> None:
    first, second = (
        alice.client.order_market_buy(
            symbol="BTCUSDT", quantity="0.001", newClientOrderId="alice-1"
        )
        for _ in range(2)
    )
    assert first["orderId"] != second["orderId"]
    latest = alice.client.get_order(symbol="BTCUSDT", origClientOrderId="alice-1")
    assert latest["orderId"] == second["orderId"]
    assert len(still.orders("alice-1")) >= 2


def test_trades_can_be_asked_for_by_order_and_by_id(still: PaperExchange, alice: Trader) -> None:
    order = alice.client.order_market_sell(symbol="BTCUSDT", quantity="0.05")
    alice.client.order_market_sell(symbol="BTCUSDT", quantity="0.01")
    every = alice.client.get_my_trades(symbol="BTCUSDT")
    of_order = alice.client.get_my_trades(symbol="BTCUSDT", orderId=order["orderId"])
    assert [trade["id"] for trade in of_order] == [fill["tradeId"] for fill in order["fills"]]
    assert alice.client.get_my_trades(symbol="BTCUSDT", fromId=every[-1]["id"]) == every[-1:]
    assert every[-1]["commissionAsset"] == "USDT"
    assert every[-1]["isBuyer"] is False


def test_what_a_resting_order_holds_is_locked(still: PaperExchange, alice: Trader) -> None:
    alice.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="40000")
    balance = alice.client.get_asset_balance("USDT")
    assert (balance["free"], balance["locked"]) == ("9600.00000000", "400.00000000")


def test_a_limit_order_fills_when_the_price_comes_to_it(
    still: PaperExchange, alice: Trader
) -> None:
    alice.client.order_limit_buy(
        symbol="BTCUSDT", quantity="0.01", price="49000", newClientOrderId="alice-1"
    )
    still.set_price("BTCUSDT", "48999")
    order = alice.client.get_order(symbol="BTCUSDT", origClientOrderId="alice-1")
    assert order["status"] == "FILLED"
    assert order["cummulativeQuoteQty"] == "490.00000000"


@pytest.mark.parametrize("type", ["STOP_LOSS", "STOP_LOSS_LIMIT"])
def test_a_stop_fires_when_the_price_reaches_it(
    still: PaperExchange, alice: Trader, type: str
) -> None:
    limit = {"price": "48000", "timeInForce": "GTC"} if type == "STOP_LOSS_LIMIT" else {}
    placed = alice.client.create_order(
        symbol="BTCUSDT", side="SELL", type=type, quantity="0.01", stopPrice="49000", **limit
    )
    assert "status" not in placed  # Stops answer ACK unless asked for more.
    still.set_price("BTCUSDT", "49001")
    query = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    assert alice.client.get_order(**query)["status"] == "NEW"
    still.set_price("BTCUSDT", "49000")
    assert alice.client.get_order(**query)["status"] == "FILLED"


def test_a_test_order_is_checked_and_not_placed(still: PaperExchange, alice: Trader) -> None:
    answer = alice.client.create_test_order(
        symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
    )
    assert answer == {}
    assert alice.client.get_all_orders(symbol="BTCUSDT") == []


def test_nobody_sees_another_accounts_orders(
    still: PaperExchange, alice: Trader, bob: Trader
) -> None:
    placed = alice.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="40000")
    for attempt in (bob.client.get_order, bob.client.cancel_order):
        with pytest.raises(BinanceAPIException) as refused:
            attempt(symbol="BTCUSDT", orderId=placed["orderId"])
        assert refused.value.code in (-2011, -2013)
    assert bob.client.get_open_orders() == []


def test_accounts_trade_with_each_other(still: PaperExchange, alice: Trader, bob: Trader) -> None:
    alice.client.order_limit_sell(
        symbol="BTCUSDT", quantity="0.01", price="50000", newClientOrderId="alice-1"
    )
    bought = bob.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="50000")
    (made,) = alice.client.get_my_trades(symbol="BTCUSDT")
    assert bought["fills"][0]["tradeId"] == made["id"]
    assert made["isMaker"] is True
