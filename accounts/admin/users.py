"""Users: registered like anybody, changed with care, never deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_variables

from accounts import sessions
from accounts.fields import encrypted_columns
from accounts.models import AuthSession, ExchangeAccount, User
from accounts.registration import register
from tradeplat.operators.acting import ActingAdmin, deed
from tradeplat.operators.history import HistoryInline

# What makes somebody more than a trader: a superuser's to give.
_POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(forms.ModelForm):
    """Registration itself: found valid, the user is there, with an account to trade with."""

    password = forms.CharField(
        strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ("email", "password")

    @sensitive_variables()
    def _post_clean(self) -> None:
        """Where a model form asks the model, after all fields have been cleaned."""
        if self.errors:
            return
        try:
            self.instance = register(**self.cleaned_data)
        except ValidationError as error:
            self.add_error(None, error)

    def save(self, commit: bool = True) -> User:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing: groups and permissions come later, if at all."""


class PasswordForm(AdminPasswordChangeForm):
    """Always a password: somebody who may not sign in is deactivated."""

    usable_password = None


class AccountsInline(HistoryInline):
    model = ExchangeAccount
    verbose_name_plural = "exchange accounts"
    fields = ("name", "environment", "is_default", "state", "api_key_last4", "last_check_result")
    ordering = ("archived_at", "id")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExchangeAccount]:
        return super().get_queryset(request).defer(*encrypted_columns(ExchangeAccount))


class SessionsInline(HistoryInline):
    model = AuthSession
    verbose_name_plural = "signed-in devices"
    fields = ("user_agent", "created_at", "last_seen_at", "revoked_at")
    ordering = ("-last_seen_at",)
    show_change_link = True


@admin.register(User)
class UserAdmin(ActingAdmin, DjangoUserAdmin):
    list_display = ("email", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email__istartswith",)
    search_help_text = "The beginning of an e-mail address"
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("email", "password_change", "last_login", "created_at")}),
        ("Permissions", {"fields": ("is_active", *_POWERS)}),
    )
    readonly_fields = ("email", "password_change", "last_login", "created_at", "is_active")
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": ("email", "password")}),)
    change_password_form = PasswordForm
    inlines = (AccountsInline, SessionsInline)
    actions = ("deactivate", "activate", "sign_out")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody changes somebody who may do more than they may themselves."""
        allowed = admin.ModelAdmin.has_change_permission(self, request, obj)
        return allowed and (obj is None or _may_touch(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        mine = super().get_readonly_fields(request, obj)
        return mine if _is_superuser(request) else (*mine, *_POWERS)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        columns = {field.name for field in obj._meta.concrete_fields}
        if changed := columns.intersection(form.changed_data if change else ()):
            obj.save(update_fields=changed)

    def applies(self, name: str, obj: User) -> bool:
        return {"deactivate": obj.is_active, "activate": not obj.is_active}.get(name, True)

    @admin.display(description="password")
    def password_change(self, user: User) -> str:
        return format_html('<a href="../password/">{}</a>', "Set a new password")

    @deed(
        "Deactivate",
        question="These users are signed out everywhere at once and cannot sign in. Their open"
        " orders stay open: cancel them first if they should not.",
        unchanged="not active, or not yours to change.",
    )
    def deactivate(self, request: HttpRequest, chosen: list[User], reason: str) -> list[User]:
        return _set_active(request, chosen, active=False)

    @deed("Activate", question="These users can sign in again.", unchanged="active, or not yours.")
    def activate(self, request: HttpRequest, chosen: list[User], reason: str) -> list[User]:
        return _set_active(request, chosen, active=True)

    @deed(
        "Sign out everywhere",
        question="Every token and every browser session of these users ends at once.",
        unchanged="not yours to change.",
    )
    def sign_out(self, request: HttpRequest, chosen: list[User], reason: str) -> list[User]:
        mine = [user for user in chosen if _may_touch(request, user)]
        for user in mine:
            sessions.revoke_others(user, None)
            user.revoke_tokens()
        return mine


def _set_active(request: HttpRequest, chosen: list[User], *, active: bool) -> list[User]:
    others = [user for user in chosen if user.is_active != active and user != request.user]
    changed = [user for user in others if _may_touch(request, user)]
    for user in changed:
        user.is_active = active
        user.save(update_fields=["is_active"])  # Which revokes the tokens of who is not.
    return changed


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, user: User) -> bool:
    return _is_superuser(request) or not (user.is_superuser or user.is_staff)
