"""One call about one order, and what came of it in the ledger's words."""

import asyncio
import logging
from dataclasses import replace
from functools import cache

from django.conf import settings

from execution.exchange import (
    Exchange,
    ExchangeError,
    NotSent,
    OutcomeUnknown,
    Rejected,
    SubmitRequest,
)
from execution.exchanges import credentials_of
from execution.holds import Holds
from trading.ledger import Check, Claim
from trading.models import Order, OrderEvent, Symbol
from trading.models.orders import PRICED, Side
from trading.results import Absent, Doubtful, Refused, Reported, Result, Unsent

logger = logging.getLogger(__name__)
Origin = OrderEvent.Origin
# Between look-ups that could not be sent; all of them take less than until the next one is due.
_WAITS = (0.5, 1.0, 2.0, 4.0)
_UNSENT_SECONDS = 1.0  # Until an order is tried again that failed on our own side.


async def submit(
    claim: Claim, request: SubmitRequest, exchange: Exchange, holds: Holds, *, not_after: float
) -> Result:
    """Send a claimed order, once, unless `time.monotonic()` has passed `not_after`."""
    order, attempt = claim.order, claim.attempt
    paused = holds.left(claim.account.environment, claim.account.pk)
    if paused:
        words = "The exchange asked for a pause."
        return Unsent(order.order_id, attempt, reason=words, retry_after=paused)
    try:
        report = await exchange.submit(credentials_of(claim.account), request, not_after=not_after)
    except Rejected as error:
        return Refused(
            order.order_id, attempt, reason=error.words, halts_account=error.halts_account
        )
    except NotSent as error:
        holds.note(claim.account, error)
        wait = _retry_after(error, order)
        return Unsent(order.order_id, attempt, reason=error.words, retry_after=wait)
    except OutcomeUnknown as error:
        return Doubtful(order.order_id, attempt, reason=error.words)
    except Exception:  # A bug of ours, at a moment when the order may be out already.
        logger.exception("Sending order %s", order.order_id)
        return Doubtful(order.order_id, attempt, reason="It is not known whether it was sent.")
    return Reported(report, Origin.REST)


def unsent(claim: Claim) -> Unsent:
    """What becomes of a claim that no call was made for."""
    words = "It could not be sent yet."
    return Unsent(claim.order.order_id, claim.attempt, words, retry_after=_UNSENT_SECONDS)


async def cancel(claim: Claim, exchange: Exchange, holds: Holds) -> Result | None:
    """Cancel an order. None says nothing: the order stays as it is, and is swept again."""
    order = claim.order
    if holds.left(claim.account.environment):
        return None
    try:
        order_of = credentials_of(claim.account), order.symbol, order.order_id
        exchange_order_id = _asked_by(order)
        report = await exchange.cancel(*order_of, exchange_order_id=exchange_order_id)
        # Nothing to cancel: filled or cancelled already, which only a look-up can tell.
        report = report or await exchange.query(*order_of, exchange_order_id=exchange_order_id)
    except ExchangeError as error:
        _note_failure(holds, claim, error, doing="Cancelling")
        return None
    return Reported(report, Origin.REST) if report else None


async def look_up(check: Check, exchange: Exchange, holds: Holds) -> Result | None:
    """Ask about an order, and for its trades where ours do not add up. None says nothing."""
    for wait in (*_WAITS, None):
        if holds.left(check.account.environment):
            return None
        try:
            return await _ask(check, exchange)
        except ExchangeError as error:
            _note_failure(holds, check, error, doing="Asking about")
            if wait is None or not isinstance(error, NotSent):
                return None
        await asyncio.sleep(wait)  # It may only be starting again.
    return None


async def _ask(check: Check, exchange: Exchange) -> Result:
    order, credentials = check.order, credentials_of(check.account)
    report = await exchange.query(
        credentials, order.symbol, order.order_id, exchange_order_id=_asked_by(order)
    )
    if report is None:
        return Absent(order.order_id, order.attempt, asked_at=check.asked_at)
    if report.executed_quantity != order.filled_quantity:
        trades = await exchange.trades(credentials, order.symbol, report.exchange_order_id)
        report = replace(report, trades=trades)
    return Reported(report, Origin.RECONCILE)


def _asked_by(order: Order) -> int | None:
    """The exchange's id of an order that it does not know by ours."""
    return order.exchange_order_id if order.source == Order.Source.EXTERNAL else None


def request_of(claim: Claim) -> SubmitRequest:
    """The order as it is sent."""
    order = claim.order
    return SubmitRequest(
        order_id=order.order_id,
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        quantity=order.quantity,
        quote_order_quantity=order.quote_order_quantity,
        price=order.price if order.type in PRICED else None,
        stop_price=order.stop_price,
        trailing_delta=order.trailing_delta,
        time_in_force=order.time_in_force,
        pays_with=_pays_with(claim.account.environment, order.symbol, order.side),
    )


def _pays_with(environment: str, symbol: str, side: str) -> str:
    assets = _assets(environment, symbol)
    return assets[1 if side == Side.BUY else 0] if assets else ""


@cache  # What a symbol is made of never changes; symbols that we may trade are few.
def _assets(environment: str, symbol: str) -> tuple[str, str] | None:
    rows = Symbol.objects.filter(environment=environment, symbol=symbol)
    return rows.values_list("base", "quote").first()


def _retry_after(error: NotSent, order: Order) -> float:
    if error.scope == "clock" and order.reason == error.words:  # Why the last attempt was released.
        # Our time was refused again after it had been measured anew: wait until the deadline.
        return float(settings.RESTING_DEADLINE_SECONDS)
    return error.retry_after


def _note_failure(holds: Holds, claim: Claim | Check, error: ExchangeError, *, doing: str) -> None:
    logger.warning("%s order %s: %s", doing, claim.order.order_id, error.words)
    holds.note(claim.account, error)
