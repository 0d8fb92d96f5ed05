"""Accounts at exchanges: their state, their last check, never their keys."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import exchange_accounts
from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount
from execution.models import AccountStream
from tradeplat.operators.acting import ActingAdmin, deed
from tradeplat.operators.ages import age
from tradeplat.problems import Conflict
from trading import ledger

State = ExchangeAccount.State
_STATE_OF = {"halt": State.HALTED, "reduce": State.REDUCING, "lift": State.ACTIVE}


class ArchivedFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in_use", "In use"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(archived_at__isnull=self.value() == "in_use")


@admin.register(ExchangeAccount)
class ExchangeAccountAdmin(ActingAdmin):
    list_display = (
        "name",
        "user",
        "environment",
        "is_default",
        "state",
        "state_reason",
        "key",
        "last_check_at",
        "last_check_ok",
        "can_trade",
        "archived_at",
    )
    list_filter = ("state", "environment", "last_check_ok", "can_trade", ArchivedFilter)
    list_select_related = ("user",)
    search_fields = ("user__email__istartswith", "api_key_last4__exact")
    search_help_text = "The beginning of an e-mail address, or the last four characters of a key"
    ordering = ("-id",)
    # Named one by one: a column that is added later is not shown before somebody has thought of it.
    fieldsets = (
        (None, {"fields": ("user", "name", "environment", "is_default", "key", "created_at")}),
        ("State", {"fields": ("state", "state_reason", "state_by", "state_at", "archived_at")}),
        (
            "At the exchange",
            {
                "fields": (
                    "provisioned_at",
                    "stream",
                    "last_check_at",
                    "last_check_ok",
                    "last_check_result",
                    "key_worked_at",
                    "can_trade",
                    "balances_as_of",
                )
            },
        ),
    )
    readonly_fields = ("key", "stream")
    actions = ("halt", "reduce", "lift", "check_key", "archive")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExchangeAccount]:
        return super().get_queryset(request).defer(*encrypted_columns(ExchangeAccount))

    def applies(self, name: str, obj: ExchangeAccount) -> bool:
        return obj.archived_at is None and obj.state != _STATE_OF.get(name)

    @admin.display(description="API key")
    def key(self, account: ExchangeAccount) -> str:
        return f"…{account.api_key_last4}" if account.api_key_last4 else "–"

    @admin.display(description="private stream")
    def stream(self, account: ExchangeAccount) -> str:
        live = AccountStream.objects.live().filter(account=account).first()
        return f"live for {age(live.live_since)}" if live else "not live: orders are asked about"

    @deed(
        "Halt account",
        question="Nothing more of these accounts is sent. What waits unsent is cancelled when its"
        " deadline passes; cancels still go. Only an operator can lift this.",
        unchanged="halted by an operator, or archived.",
    )
    def halt(
        self, request: HttpRequest, chosen: list[ExchangeAccount], reason: str
    ) -> Sequence[ExchangeAccount]:
        return ledger.set_account_state(_ids(chosen), State.HALTED, reason)

    @deed(
        "Only let it reduce",
        question="These accounts take only orders that shrink a position. Only an operator can"
        " lift this.",
        unchanged="so by an operator's word, or archived.",
    )
    def reduce(
        self, request: HttpRequest, chosen: list[ExchangeAccount], reason: str
    ) -> Sequence[ExchangeAccount]:
        return ledger.set_account_state(_ids(chosen), State.REDUCING, reason)

    @deed(
        "Lift the halt",
        question="These accounts trade again at once, with whatever still waits to be sent.",
        unchanged="active, or archived.",
    )
    def lift(
        self, request: HttpRequest, chosen: list[ExchangeAccount], reason: str
    ) -> Sequence[ExchangeAccount]:
        return ledger.set_account_state(_ids(chosen), State.ACTIVE, reason)

    @deed("Check the key", unchanged="archived.")
    def check_key(
        self, request: HttpRequest, chosen: list[ExchangeAccount], reason: str
    ) -> Sequence[ExchangeAccount]:
        in_use = [account for account in chosen if account.archived_at is None]
        for account in in_use:
            exchange_accounts.want_check(account.user_id, account.pk)
        return in_use

    @deed(
        "Archive",
        question="These accounts are put away for good and their keys are erased. Their orders,"
        " fills and positions stay.",
        unchanged="archived, or with orders that are open or in doubt.",
    )
    def archive(
        self, request: HttpRequest, chosen: list[ExchangeAccount], reason: str
    ) -> Sequence[ExchangeAccount]:
        archived = []
        for account in chosen:
            try:
                exchange_accounts.archive(account.user_id, account.pk)
            except Conflict as refusal:
                self.message_user(request, f"{account}: {refusal}", messages.WARNING)
            except ExchangeAccount.DoesNotExist:
                continue  # Archived already.
            else:
                archived.append(account)
        return archived


def _ids(accounts: list[ExchangeAccount]) -> list[int]:
    return [account.pk for account in accounts]
