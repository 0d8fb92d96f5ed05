"""The profile: who one is, the password, and the devices that are signed in."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import passwords, sessions, web_sessions
from accounts.devices import device
from accounts.models import AuthSession
from accounts.pages.visitor import user_of


class PasswordForm(forms.Form):
    """The rules about a new password are `accounts.passwords`'s own."""

    present = forms.CharField(
        label="Present password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="New password again",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise ValidationError("The two new passwords are not the same.")
        return again


@dataclass(frozen=True, slots=True)
class Device:
    """A session in the words of a person."""

    session: AuthSession
    is_this: bool

    @property
    def name(self) -> str:
        return device(self.session.user_agent)

    @property
    def kind(self) -> str:
        return "Browser" if self.session.web_key else "API token"


@never_cache
@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return _page(request, PasswordForm())


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # Where the login leads back to.
        return redirect("profile")
    form = PasswordForm(request.POST)
    if form.is_valid() and _is_changed(request, form):
        messages.success(request, "Your password is changed. Every other device is signed out.")
        return redirect("profile")
    return _page(request, form)


@require_POST
@login_required
def end_session(request: HttpRequest, sid: UUID) -> HttpResponse:
    mine = web_sessions.live_sessions(user_of(request))
    session = mine.filter(pk=sid).first()
    if session is None:
        raise Http404("no such session")
    sessions.revoke(session)
    if sid == web_sessions.sid_of(request.session):
        logout(request)
        return redirect("landing")
    messages.success(request, f"{device(session.user_agent)} is signed out.")
    return redirect("profile")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    sessions.revoke_others(user_of(request), web_sessions.sid_of(request.session))
    messages.success(request, "Every other device is signed out.")
    return redirect("profile")


def _is_changed(request: HttpRequest, form: PasswordForm) -> bool:
    present, new = form.cleaned_data["present"], form.cleaned_data["new"]
    try:
        passwords.change_password(request, user_of(request), present=present, new=new)
    except ValidationError as error:
        for field, words in error.message_dict.items():
            form.add_error(field, words)
        return False
    return True


def _page(request: HttpRequest, form: PasswordForm) -> HttpResponse:
    web_sessions.note(request)  # So that this browser is among them.
    this = web_sessions.sid_of(request.session)
    live = web_sessions.live_sessions(user_of(request))
    devices = [Device(session, is_this=session.pk == this) for session in live]
    devices.sort(key=lambda each: not each.is_this)
    return render(request, "accounts/profile.html", {"form": form, "devices": devices})
