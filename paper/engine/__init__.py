"""The exchange proper: accounts, orders, books and trades. No network, no clock, no files."""
