"""Private events of accounts, sent once the journal holds what they tell of."""

from typing import Any, NamedTuple

import msgspec

from paper import payloads
from paper.connection import Connection
from paper.engine.orders import Filled, Opened, Placed, Record
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
        """Describe a change now, while the order is as the change left it."""
        if isinstance(record, Opened):
            return
        order_id = record.order.order_id if isinstance(record, Placed) else record.order_id
        order = self._venue.state.orders[order_id]
        if order.account not in self._subscriptions:
            return
        account, now = self._venue.state.accounts[order.account], self._venue.now()
        self._pending.append((account, payloads.execution_report(order, record, now)))
        if not isinstance(record, Placed) or order.locked:
            symbol = SYMBOLS[order.symbol]
            assets = [symbol.base, symbol.quote]
            if isinstance(record, Filled) and record.fee_asset not in assets:
                assets.append(record.fee_asset)
            self._pending.append((account, payloads.account_position(account, assets, now)))

    def _deliver(self) -> None:
        pending, self._pending = self._pending, []
        for account, event in pending:
            fault = self._venue.faults.for_event(account.api_key, event)
            for subscription in list(self._subscriptions.get(account.uid, [])):
                self._send(subscription, event, fault)

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
        if action == "reorder_events" and subscription not in self._held:
            self._held[subscription] = encoded  # It follows the next event.
            return
        connection.send(encoded)
        if action == "duplicate_events":
            connection.send(encoded)
        if held := self._held.pop(subscription, None):
            connection.send(held)
