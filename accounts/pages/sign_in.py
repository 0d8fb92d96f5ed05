"""Register, log in and log out in the browser: a session cookie, forms without JavaScript."""

import math

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import web_sessions
from accounts.models import Environment, User, normalise_email
from accounts.registration import register as register_user
from accounts.throttles import wait_to_log_in, wait_to_register

PAPER_KEYS_HINT = (
    "Not needed here: every account trades on a simulated exchange with keys of our own. "
    "What you enter is stored encrypted and never sent there."
)
KEYS_HINT = "Stored encrypted, never shown again. Without them you can look, but not trade."

WRONG = "Wrong e-mail address or password."
TOO_MANY = "Too many failed logins. Try again in some minutes."
TOO_MANY_LOGINS = "Too many logins from your address. Try again in a minute."
TOO_MANY_REGISTRATIONS = "Too many registrations from your address. Try again in a minute."


class LoginForm(forms.Form):
    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput({"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class RegistrationForm(forms.Form):
    """Both keys are optional; the rules about them and the password are registration's own."""

    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput({"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    binanceApiKey = forms.CharField(  # The wire's name, as errors say it.
        label="API key", required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    binanceSecretKey = forms.CharField(
        label="Secret key", required=False, widget=forms.PasswordInput({"autocomplete": "off"})
    )

    def take_errors(self, error: ValidationError) -> None:
        """Show what registration said, each word at its field."""
        by_field = getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
        for field, messages in by_field.items():
            self.add_error(field if field in self.fields else None, messages)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = LoginForm(request.POST if posted else None)
    wait = wait_to_log_in(request) if posted else None
    if wait:
        form.add_error(None, TOO_MANY_LOGINS)
    elif form.is_valid():
        user = authenticate(
            request,
            username=normalise_email(form.cleaned_data["email"]),
            password=form.cleaned_data["password"],
        )
        if user is not None:
            login(request, user)
            return redirect(_next(request))
        # What axes leaves on a request that came after too many failures.
        locked_out = getattr(request, "axes_locked_out", False)
        form.add_error(None, TOO_MANY if locked_out else WRONG)
    page = render(request, "accounts/login.html", {"form": form, "next": _next(request)})
    return _refused(page, wait) if wait else page


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_page(request: HttpRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = RegistrationForm(request.POST if posted else None)
    wait = wait_to_register(request) if posted else None
    if wait:
        form.add_error(None, TOO_MANY_REGISTRATIONS)
    elif form.is_valid():
        user = _register(form)
        if user is not None:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect(settings.LOGIN_REDIRECT_URL)
    paper = settings.DEFAULT_ENVIRONMENT == Environment.PAPER
    hint = PAPER_KEYS_HINT if paper else KEYS_HINT
    page = render(request, "accounts/register.html", {"form": form, "keys_hint": hint})
    return _refused(page, wait) if wait else page


@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    web_sessions.end(request)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _refused(page: HttpResponse, wait: float) -> HttpResponse:
    page.status_code = 429
    page["Retry-After"] = str(math.ceil(wait))
    return page


def _register(form: RegistrationForm) -> User | None:
    try:
        return register_user(
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            api_key=form.cleaned_data["binanceApiKey"],
            secret_key=form.cleaned_data["binanceSecretKey"],
        )
    except ValidationError as error:
        form.take_errors(error)
        return None


def _next(request: HttpRequest) -> str:
    """Where to go after the login: the page that asked for it, as long as it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url(settings.LOGIN_REDIRECT_URL)
