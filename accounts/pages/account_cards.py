"""What the accounts page shows of each account."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.db.models import Count

from accounts import pauses
from accounts.fields import encrypted_columns
from accounts.models import Environment, ExchangeAccount, ExchangeAccountQuerySet
from accounts.pages.account_forms import ArchiveForm, KeysForm, NameForm
from trading.models import LastPrice, Order
from trading.models.amounts import ZERO

State = ExchangeAccount.State
_VALUED_IN = "USDT"

STATES = {
    State.ACTIVE: "Trading",
    State.REDUCING: "Only shrinking positions",
    State.HALTED: "Halted",
}
_CHOICES = {
    State.ACTIVE: "Resume trading",
    State.REDUCING: "Only shrink positions",
    State.HALTED: "Pause trading",
}
_SET_BY = {
    "": "",
    ExchangeAccount.By.USER: "by you",
    ExchangeAccount.By.OPERATOR: "by an operator",
    ExchangeAccount.By.EXCHANGE: "by the exchange's answer",
}

Key = tuple[int, str]  # An account and the action that a form is for.
Forms = Mapping[Key, forms.Form]


@dataclass(frozen=True, slots=True)
class Money:
    """What an account has, in USDT; `is_whole` is False where the price of something is missing."""

    free: Decimal
    locked: Decimal
    value: Decimal
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One account in use, with a form for everything that can be done with it."""

    account: ExchangeAccount
    money: Money | None  # None before the first snapshot.
    open_orders: int
    filled_in: Forms = field(repr=False)

    @property
    def is_paper(self) -> bool:
        return self.account.environment == Environment.PAPER

    @property
    def is_being_checked(self) -> bool:
        return self.account.check_wanted_at is not None

    @property
    def state_words(self) -> str:
        return STATES[State(self.account.state)]

    @property
    def set_by(self) -> str:
        return _SET_BY[self.account.state_by]

    @property
    def may_change_state(self) -> bool:
        return pauses.may_change(self.account)

    @property
    def state_choices(self) -> list[dict[str, str]]:
        """The states that its user may set now, and what the buttons for them say."""
        if not self.may_change_state:
            return []
        return [
            {"state": state, "label": label}
            for state, label in _CHOICES.items()
            if state != self.account.state
        ]

    @property
    def why_not(self) -> str:
        return pauses.why_not(self.account)

    @property
    def rename_form(self) -> forms.Form:
        return self._form("rename", NameForm(initial={"name": self.account.name}))

    @property
    def keys_form(self) -> forms.Form:
        return self._form("keys", KeysForm())

    @property
    def archive_form(self) -> forms.Form:
        return self._form("archive", ArchiveForm())

    def _form(self, action: str, fresh: forms.Form) -> forms.Form:
        form = self.filled_in.get((self.account.pk, action), fresh)
        form.auto_id = f"{action}-{self.account.pk}-%s"  # Each account has the same forms.
        return form


def cards(accounts: ExchangeAccountQuerySet, filled_in: Forms | None = None) -> list[Card]:
    """The accounts in use, the default one first; in place of fresh forms those filled in."""
    shown = list(
        accounts.in_use()
        .defer(*encrypted_columns(ExchangeAccount))
        .prefetch_related("balances", "retired_keys")
        .order_by("-is_default", "pk")
    )
    prices, open_orders = _prices(shown), _open_orders(shown)
    return [
        Card(account, _money(account, prices), open_orders[account.pk], filled_in or {})
        for account in shown
    ]


def _open_orders(accounts: Iterable[ExchangeAccount]) -> Mapping[int, int]:
    open_here = Order.objects.filter(account__in=accounts).open().order_by()
    counted = open_here.values_list("account").annotate(Count("pk"))
    return defaultdict(int, counted)


def _prices(accounts: Iterable[ExchangeAccount]) -> Mapping[tuple[str, str], Decimal]:
    """Environment and asset -> its last price."""
    environments = {account.environment for account in accounts}
    quoted = LastPrice.objects.filter(environment__in=environments, symbol__endswith=_VALUED_IN)
    return {(last.environment, last.symbol.removesuffix(_VALUED_IN)): last.price for last in quoted}


def _money(account: ExchangeAccount, prices: Mapping[tuple[str, str], Decimal]) -> Money | None:
    if account.balances_as_of is None:
        return None
    free, locked, value, is_whole = ZERO, ZERO, ZERO, True
    for held in account.balances.all():
        amount = held.free + held.locked
        if held.asset == _VALUED_IN:
            free, locked, price = held.free, held.locked, Decimal(1)
        else:
            price = prices.get((account.environment, held.asset), ZERO)
        is_whole = is_whole and bool(price or not amount)
        value += amount * price
    return Money(free, locked, value, is_whole)
