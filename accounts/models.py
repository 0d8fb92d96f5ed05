"""Who trades: users, their signed-in devices and their accounts at an exchange."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from accounts import revocations
from accounts.fields import EncryptedTextField


class Environment(models.TextChoices):
    """Which exchange a key pair belongs to. It belongs to the credential, never to the process."""

    PAPER = "PAPER"
    TESTNET = "TESTNET"
    DEMO = "DEMO"
    LIVE = "LIVE"


def normalise_email(email: str) -> str:
    """The one spelling of an e-mail address that is stored, looked up and counted by lockouts."""
    return email.strip().lower()


def last4(api_key: str) -> str:
    """What may be shown of a key."""
    return api_key[-4:] if len(api_key) > 8 else ""


def fingerprint(api_key: str) -> str:
    """What a key is known by where it cannot be read."""
    return hashlib.sha256(api_key.encode()).hexdigest() if api_key else ""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=normalise_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        # Spelled as the unique index is; `iexact` would compare upper case and scan the table.
        return self.alias(lower_email=Lower("email")).get(
            lower_email=normalise_email(username or "")
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A trader or an operator, known by e-mail."""

    email = models.EmailField(max_length=254)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Tokens carry the version they were made under; raising it revokes them all at once.
    token_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    _password: str | None  # Django's: the raw password between set_password() and save().

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "users"
        constraints = [models.UniqueConstraint(Lower("email"), name="users_email_any_case")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new password, and every save of a deactivated user, revokes all tokens."""
        password_changed = self._password is not None  # None where it is only hashed anew.
        known = not self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if known and (password_changed or not self.is_active):
                self.revoke_tokens()

    def revoke_tokens(self) -> None:
        """Make every token of the user worthless at once, for REST and for open sockets."""
        User.objects.filter(pk=self.pk).update(token_version=F("token_version") + 1)
        self.auth_sessions.filter(revoked_at=None).update(revoked_at=Now())
        self.refresh_from_db(fields=["token_version"])
        transaction.on_commit(lambda: revocations.announce(self.pk))


class AuthSessionQuerySet(models.QuerySet["AuthSession"]):
    def live(self) -> "AuthSessionQuerySet":
        """Sessions that were not revoked, of users who may still sign in, with their user."""
        return self.select_related("user").filter(revoked_at=None, user__is_active=True)

    def expired(self, now: datetime) -> "AuthSessionQuerySet":
        """Sessions so long unseen that none of their tokens can be valid any more."""
        return self.filter(last_seen_at__lt=now - _longest_unseen())

    def unexpired(self, now: datetime) -> "AuthSessionQuerySet":
        return self.filter(last_seen_at__gte=now - _longest_unseen())


def _longest_unseen() -> timedelta:
    lifetime: timedelta = settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
    return lifetime + timedelta(days=1)


class AuthSession(models.Model):
    """One signed-in device.

    Access and refresh tokens share this row as their `sid` claim; a browser on our own pages has
    its number in its Django session.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="auth_sessions")
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())
    user_agent = models.CharField(max_length=200, blank=True, default="")
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Of a browser on our pages: its Django session. Empty for a device that holds tokens.
    web_key = models.CharField(max_length=40, blank=True, default="", editable=False)

    objects = AuthSessionQuerySet.as_manager()

    class Meta:
        db_table = "auth_sessions"
        constraints = [
            models.UniqueConstraint(
                fields=["web_key"], condition=~Q(web_key=""), name="auth_sessions_one_browser"
            )
        ]

    def __str__(self) -> str:
        return f"session of user {self.user_id}"


class ExchangeAccountQuerySet(models.QuerySet["ExchangeAccount"]):
    def in_use(self) -> "ExchangeAccountQuerySet":
        return self.filter(archived_at=None)

    def of(self, user_id: int, account_id: int | None) -> "ExchangeAccount":
        """The user's account of that id, or the default one.

        Raises: `ExchangeAccount.DoesNotExist` for another's, an unknown or no account.
        """
        mine = self.in_use().filter(user_id=user_id)
        return mine.get(is_default=True) if account_id is None else mine.get(pk=account_id)

    def unprovisioned(self) -> "ExchangeAccountQuerySet":
        """Accounts that the paper exchange does not know yet: their orders have to wait."""
        return self.in_use().filter(environment=Environment.PAPER, provisioned_at=None)

    def usable(self) -> "ExchangeAccountQuerySet":
        """Accounts with keys that their exchange may be asked with."""
        known = ~Q(environment=Environment.PAPER) | Q(provisioned_at__isnull=False)
        return self.in_use().filter(~Q(api_key=""), known)


class ExchangeAccount(models.Model):
    """A user's account at one environment of the exchange, with its encrypted key pair."""

    class State(models.TextChoices):
        ACTIVE = "ACTIVE"  # Takes every order.
        REDUCING = "REDUCING"  # Takes only what shrinks the position.
        HALTED = "HALTED"  # Takes none. Cancels always go.

    class By(models.TextChoices):
        """Whose word an account's state is, and so who may take it back."""

        USER = "user"
        OPERATOR = "operator"
        EXCHANGE = "exchange"  # It refused the key.

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exchange_accounts")
    name = models.CharField(max_length=80)
    environment = models.CharField(max_length=8, choices=Environment)
    is_default = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    state_reason = models.CharField(max_length=200, blank=True, default="")
    state_by = models.CharField(max_length=8, choices=By, blank=True, default="")
    state_at = models.DateTimeField(null=True, blank=True)
    api_key = EncryptedTextField(blank=True, default="")
    secret_key = EncryptedTextField(blank=True, default="")
    api_key_last4 = models.CharField(max_length=4, blank=True, default="")
    key_fingerprint = models.CharField(max_length=64, blank=True, default="")
    # On PAPER the pair above is ours; what the user gave at registration is kept here, unsent.
    given_api_key = EncryptedTextField(blank=True, default="")
    given_secret_key = EncryptedTextField(blank=True, default="")
    # A pair that is to replace the one above as soon as the exchange has taken it.
    next_api_key = EncryptedTextField(blank=True, default="")
    next_secret_key = EncryptedTextField(blank=True, default="")
    provisioned_at = models.DateTimeField(null=True, blank=True)
    can_trade = models.BooleanField(null=True, blank=True)
    balances_as_of = models.DateTimeField(null=True, blank=True)
    # Which of its accounts the exchange says this is: a new pair has to be of the same one.
    exchange_uid = models.BigIntegerField(null=True, blank=True)
    check_wanted_at = models.DateTimeField(null=True, blank=True)  # Null once it is answered.
    last_check_at = models.DateTimeField(null=True, blank=True)
    last_check_ok = models.BooleanField(null=True, blank=True)
    last_check_result = models.CharField(max_length=300, blank=True, default="")
    key_worked_at = models.DateTimeField(null=True, blank=True)
    last_sequence = models.BigIntegerField(default=0)  # Numbers the account's orders.
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ExchangeAccountQuerySet.as_manager()

    class Meta:
        db_table = "exchange_accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_default=True, archived_at=None),
                name="exchange_accounts_one_default",
            ),
            models.UniqueConstraint(
                fields=["environment", "key_fingerprint"],
                condition=~Q(key_fingerprint="") & Q(archived_at=None),
                name="exchange_accounts_one_key",
            ),
            models.CheckConstraint(
                condition=Q(environment__in=Environment.values),
                name="exchange_accounts_environment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ACTIVE", "REDUCING", "HALTED"]),
                name="exchange_accounts_state",
            ),
            models.CheckConstraint(
                condition=Q(state_by__in=["", "user", "operator", "exchange"]),
                name="exchange_accounts_state_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(environment=Environment.PAPER, provisioned_at=None),
                name="exchange_accounts_waiting",
            ),
            models.Index(fields=["last_check_at"], name="exchange_accounts_check"),
            models.Index(
                fields=["check_wanted_at"],
                condition=Q(check_wanted_at__isnull=False),
                name="exchange_accounts_wanted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.environment}, …{self.api_key_last4})"

    def set_keys(self, api_key: str, secret_key: str) -> None:
        """Take a key pair, and what may be shown and compared of it."""
        self.api_key, self.secret_key = api_key, secret_key
        self.api_key_last4 = last4(api_key)
        self.key_fingerprint = fingerprint(api_key)


class RetiredKey(models.Model):
    """What may be remembered of a key that an account had before its present one."""

    account = models.ForeignKey(
        ExchangeAccount, on_delete=models.PROTECT, related_name="retired_keys"
    )
    api_key_last4 = models.CharField(max_length=4, blank=True, default="")
    key_fingerprint = models.CharField(max_length=64)
    retired_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "retired_keys"

    def __str__(self) -> str:
        return f"…{self.api_key_last4}"
