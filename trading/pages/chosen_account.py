"""Whose rows a page shows: the account of `?account=`, else the default one."""

from django.http import Http404, HttpRequest

from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount


def user_id_of(request: HttpRequest) -> int:
    """Of the signed-in user: for views that nobody else comes to."""
    user_id = request.user.pk
    assert user_id is not None  # login_required
    return user_id


def accounts_of(request: HttpRequest) -> list[ExchangeAccount]:
    """Every account of the signed-in user, without its keys; archived ones last."""
    mine = ExchangeAccount.objects.filter(user_id=user_id_of(request))
    mine = mine.defer(*encrypted_columns(ExchangeAccount)).order_by("-is_default", "pk")
    return sorted(mine, key=lambda account: account.archived_at is not None)


def chosen_of(request: HttpRequest, accounts: list[ExchangeAccount]) -> ExchangeAccount | None:
    """The account that the page is about, None where the user has none at all.

    Raises: `Http404` for another's or an unknown one.
    """
    asked = request.GET.get("account")
    if asked is None:
        return accounts[0] if accounts else None
    chosen = next((account for account in accounts if str(account.pk) == asked), None)
    if chosen is None:
        raise Http404("no such account")
    return chosen
