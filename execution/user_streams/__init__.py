"""Private streams: what the exchange tells of all accounts, recorded as it happens.

`service` finds the accounts and gives each thousand of an environment to a `shard`, which one
process at a time follows over one connection, a `session`. What is heard goes to the `inbox`, which
writes it down; after every cut `catch_up` asks by REST for what was missed. The `rows` tell the
workers which accounts are heard, so that these need not be polled.

Everything recorded is cumulative and safe to repeat: should two processes hear the same account for
a moment, the second one's word changes nothing.
"""
