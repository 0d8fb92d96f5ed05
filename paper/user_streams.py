"""Private events of accounts, sent once the journal holds what they tell of."""

from typing import Any, NamedTuple

import msgspec

from paper import payloads
from paper.connection import Connection
from paper.engine.orders import Deposited, Order, Placed, Record, order_id_of
from paper.engine.state import Account
from paper.faults import Fault
from paper.symbols import SYMBOLS
from paper.venue import Venue


class Subscription(NamedTuple):
    """One account on one connection."""

    connection: Connection
    number: int


class UserStreams:
    """Turns records into events for the connections that subscribed to the account."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._subscriptions: dict[int, list[Subscription]] = {}
        self._pending: list[tuple[Account, dict[str, Any]]] = []
        self._held: dict[Subscription, bytes] = {}
        venue.on_record.append(self._note)
        venue.journal.after_write = self._deliver

    def subscribe(self, account: Account, subscription: Subscription) -> None:
        self._subscriptions.setdefault(account.uid, []).append(subscription)

    def has(self, account: Account, connection: Connection) -> bool:
        """Whether the connection already hears this account."""
        subscribed = self._subscriptions.get(account.uid, [])
        return any(subscription.connection is connection for subscription in subscribed)

    def drop(self, connection: Connection, number: int | None = None) -> int:
        """End one subscription of a connection, or all; how many there were."""
        dropped = 0
        for held in [one for one in self._held if one.connection is connection]:
            del self._held[held]
        for uid, subscribed in list(self._subscriptions.items()):
            kept = [
                one
                for one in subscribed
                if one.connection is not connection or number not in (None, one.number)
            ]
            dropped += len(subscribed) - len(kept)
            if kept:
                self._subscriptions[uid] = kept
            else:
                del self._subscriptions[uid]
        return dropped

    def _note(self, record: Record) -> None:
        """Describe a change now, while account and order are as the change left them."""
        order_id = order_id_of(record)
        if order_id is not None:
            self._note_order(self._venue.state.orders[order_id], record)
        elif isinstance(record, Deposited) and record.account in self._subscriptions:
            account, now = self._venue.state.accounts[record.account], self._venue.now()
            event = payloads.balance_update(record.asset, record.amount, now)
            self._pending.append((account, event))
            position = payloads.account_position(account, [record.asset], now)
            self._pending.append((account, position))

    def _note_order(self, order: Order, record: Record) -> None:
        if order.account not in self._subscriptions:
            return
        account, now = self._venue.state.accounts[order.account], self._venue.now()
        self._pending.append((account, payloads.execution_report(order, record, now)))
        if not isinstance(record, Placed) or order.locked:  # Else no balance has changed.
            symbol = SYMBOLS[order.symbol]
            position = payloads.account_position(account, [symbol.base, symbol.quote], now)
            self._pending.append((account, position))
        if order.list_id:
            self._note_list(account, account.lists[order.list_id], record)

    def _note_list(self, account: Account, legs: list[Order], record: Record) -> None:
        """A list is told of when its last leg is placed, and when its last leg has ended."""
        begins = isinstance(record, Placed) and len(legs) == 2
        ends = not isinstance(record, Placed) and not any(leg.is_open for leg in legs)
        if begins or ends:
            self._pending.append((account, payloads.list_status(legs, self._venue.now())))

    def _deliver(self) -> None:
        pending, self._pending = self._pending, []
        for account, event in pending:
            fault = self._venue.faults.for_event(account.api_key, event)
            for subscription in list(self._subscriptions.get(account.uid, [])):
                self._send(subscription, event, fault)

    def _terminate(self, subscription: Subscription) -> None:
        """End a subscription from our side, as Binance says it: its account hears no more."""
        self.drop(subscription.connection, subscription.number)
        event = {"e": "eventStreamTerminated", "E": self._venue.now()}
        message = {"subscriptionId": subscription.number, "event": event}
        subscription.connection.send(msgspec.json.encode(message))

    def _send(self, subscription: Subscription, event: dict[str, Any], fault: Fault | None) -> None:
        message = {"subscriptionId": subscription.number, "event": event}
        encoded = msgspec.json.encode(message)
        action = fault.action if fault else None
        connection = subscription.connection
        if action == "drop_events":
            return
        if action == "cut_stream":
            connection.cut()
            return
        if action == "end_subscription":
            self._terminate(subscription)
            return
        if action == "garble_events":
            encoded = encoded[: len(encoded) // 2]
        if action == "reorder_events" and subscription not in self._held:
            self._held[subscription] = encoded  # It follows the next event.
            return
        connection.send(encoded)
        if action == "duplicate_events":
            connection.send(encoded)
        if held := self._held.pop(subscription, None):
            connection.send(held)
