"""The admin of this platform: the login like everybody's, and first what needs a person."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from accounts.pages.sign_in import TOO_MANY, TOO_MANY_LOGINS, WRONG
from accounts.throttles import wait_to_log_in
from trading import attention

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
NOT_AN_OPERATOR = "This account is not an operator's."


class OperatorLoginForm(AdminAuthenticationForm):
    """Counts as the login page does, and says what it says."""

    wait: float | None = None  # Seconds until this address may try again.

    def clean(self) -> dict[str, Any]:
        assert self.request is not None  # The view gives it.
        self.wait = wait_to_log_in(self.request)
        if self.wait:
            raise ValidationError(TOO_MANY_LOGINS, code="throttled")
        return super().clean()

    def get_invalid_login_error(self) -> ValidationError:
        # What axes leaves on a request that came after too many failures.
        locked_out = getattr(self.request, "axes_locked_out", False)
        return ValidationError(TOO_MANY if locked_out else WRONG, code="invalid_login")

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not getattr(user, "is_staff", False):
            raise ValidationError(NOT_AN_OPERATOR, code="invalid_login")


class OperatorSite(admin.AdminSite):
    site_title = site_header = "tradeplat operators"
    index_title = "Operations"
    index_template = "admin/operations.html"
    login_form = OperatorLoginForm
    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # No text in PostgreSQL has a NUL; Django's lists would pass one on and fail.
            if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
                raise BadRequest("An address must not contain NUL.")
            return inner(request, *args, **kwargs)

        return cast(View, checked)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = super().login(request, extra_context)
        form = (getattr(answer, "context_data", None) or {}).get("form")
        if wait := getattr(form, "wait", None):
            answer.status_code = 429
            answer["Retry-After"] = str(math.ceil(wait))
        return answer

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        concerns = {
            name: look()
            for name, (permission, look) in _CONCERNS.items()
            if request.user.has_perm(permission)
        }
        return super().index(request, {**(extra_context or {}), **concerns})


# What the first page shows: who may see it, and where to look.
_CONCERNS: dict[str, tuple[str, Any]] = {
    "in_doubt": ("trading.view_order", attention.orders_in_doubt),
    "cancels": ("trading.view_order", attention.cancels_overdue),
    "fills": ("trading.view_order", attention.fills_overdue),
    "discrepancies": ("trading.view_discrepancy", attention.discrepancies),
    "halted": ("accounts.view_exchangeaccount", attention.halted_accounts),
    "switch": ("trading.view_platform", attention.platform),
    "streams": ("accounts.view_exchangeaccount", attention.streams),
    "feed": ("trading.view_lastprice", attention.feed),
}
