"""Orders and everything beside them, as operators see them."""

from trading.admin import discrepancies, holdings, markets, orders, platform

__all__ = ["discrepancies", "holdings", "markets", "orders", "platform"]
