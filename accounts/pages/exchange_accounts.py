"""The accounts page: every account of a user at an exchange, and a form for each thing to do."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import exchange_accounts, key_changes, pauses
from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount, ExchangeAccountQuerySet
from accounts.pages.account_cards import Forms, cards
from accounts.pages.account_forms import AddForm, ArchiveForm, KeysForm, NameForm
from accounts.pages.visitor import user_of
from tradeplat.problems import Conflict

_Door = Callable[[HttpRequest, int], HttpResponse]


def _changing(view: _Door) -> _Door:
    """A POST by a signed-in user about an account of theirs; anybody else's is not found."""

    @wraps(view)
    def door(request: HttpRequest, account_id: int) -> HttpResponse:
        if not request.user.is_authenticated:  # Not back to here, where a GET finds nothing.
            return redirect_to_login(resolve_url("exchange-accounts"))
        try:
            return view(request, account_id)
        except ExchangeAccount.DoesNotExist:
            raise Http404("no such account") from None
        except Conflict as refusal:
            messages.error(request, refusal.message)
            return _back(account_id)

    return sensitive_post_parameters()(never_cache(require_POST(door)))


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def accounts(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = AddForm(request.POST)
    added = _added(request, form) if form.is_valid() else None
    if added is None:
        return _page(request, add_form=form)
    messages.success(request, f"{added.name} was added.")
    return _back(added.pk)


@never_cache
@require_safe
@login_required
def status(request: HttpRequest, account_id: int) -> HttpResponse:
    """How one account stands, as a piece of the page, for static/js/accounts.js."""
    found = cards(_mine(request).filter(pk=account_id))
    if not found:
        raise Http404("no such account")
    return render(request, "accounts/account_status.html", {"card": found[0]})


@_changing
def check(request: HttpRequest, account_id: int) -> HttpResponse:
    exchange_accounts.want_check(user_of(request).pk, account_id)
    return _back(account_id)


@_changing
def rename(request: HttpRequest, account_id: int) -> HttpResponse:
    def act(form: forms.Form) -> None:
        name = form.cleaned_data["name"]
        exchange_accounts.rename(user_of(request).pk, account_id, name)

    return _filled_in(request, account_id, "rename", NameForm(request.POST), act)


@_changing
def default(request: HttpRequest, account_id: int) -> HttpResponse:
    exchange_accounts.make_default(user_of(request).pk, account_id)
    messages.success(request, "You trade with this account now unless you choose another.")
    return _back(account_id)


@_changing
def state(request: HttpRequest, account_id: int) -> HttpResponse:
    wanted = request.POST.get("state", "")
    if wanted not in ExchangeAccount.State.values:
        raise Http404("no such state")
    pauses.set_state(user_of(request).pk, account_id, wanted)
    return _back(account_id)


@_changing
def keys(request: HttpRequest, account_id: int) -> HttpResponse:
    def act(form: forms.Form) -> None:
        key_changes.propose(user_of(request).pk, account_id, **form.cleaned_data)

    return _filled_in(request, account_id, "keys", KeysForm(request.POST), act)


@_changing
def archive(request: HttpRequest, account_id: int) -> HttpResponse:
    def act(_: forms.Form) -> None:
        exchange_accounts.archive(user_of(request).pk, account_id)
        messages.success(request, "The account is archived.")

    return _filled_in(request, account_id, "archive", ArchiveForm(request.POST), act)


def _filled_in(
    request: HttpRequest,
    account_id: int,
    action: str,
    form: forms.Form,
    act: Callable[[forms.Form], None],
) -> HttpResponse:
    """Act upon a form, or show it again with what is wrong with it."""
    if form.is_valid():
        try:
            act(form)
        except ValidationError as error:
            form.take_errors(error)  # type: ignore[attr-defined]  # Ours all have it.
        else:
            return _back(account_id)
    _mine(request).in_use().get(pk=account_id)  # Another's form is not shown either.
    return _page(request, filled_in={(account_id, action): form})


def _added(request: HttpRequest, form: AddForm) -> ExchangeAccount | None:
    asked = {name: form.cleaned_data[name] for name in ("name", "environment")}
    pair = {name: form.cleaned_data[name] for name in ("api_key", "secret_key")}
    try:
        return exchange_accounts.add(user_of(request), **asked, **pair)
    except ValidationError as error:
        form.take_errors(error)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
    return None


def _page(
    request: HttpRequest, *, add_form: AddForm | None = None, filled_in: Forms | None = None
) -> HttpResponse:
    mine = _mine(request)
    context = {
        "cards": cards(mine, filled_in),
        "archived": mine.filter(archived_at__isnull=False)
        .defer(*encrypted_columns(ExchangeAccount))
        .order_by("-archived_at"),
        "add_form": add_form or AddForm(),
        "most_accounts": exchange_accounts.MOST_ACCOUNTS,
    }
    return render(request, "accounts/accounts.html", context)


def _mine(request: HttpRequest) -> ExchangeAccountQuerySet:
    return ExchangeAccount.objects.filter(user=user_of(request))


def _back(account_id: int) -> HttpResponse:
    return redirect(f"{resolve_url('exchange-accounts')}#account-{account_id}")
