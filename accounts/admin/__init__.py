"""Users, their devices and accounts, as operators see them."""

from accounts.admin import auth_sessions, exchange_accounts, lockouts, users

__all__ = ["auth_sessions", "exchange_accounts", "lockouts", "users"]
