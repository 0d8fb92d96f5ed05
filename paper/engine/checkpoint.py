"""A whole state in one piece, so that the journal need not be read from its beginning."""

import msgspec

from paper.engine.orders import Filled, Order
from paper.engine.state import Account, Balance, State


class AccountImage(msgspec.Struct, frozen=True):
    """An account without its orders; balances are (free, locked)."""

    uid: int
    api_key: str
    secret_key: str
    balances: dict[str, tuple[int, int]]
    updated_at: int

    def __repr__(self) -> str:
        return f"AccountImage({self.uid})"  # Never the secret.


class Checkpoint(msgspec.Struct, frozen=True):
    """Everything that a State holds."""

    sequence: int
    last_order_id: int
    last_trade_id: dict[str, int]
    last_rank: int
    accounts: list[AccountImage]
    orders: list[Order]
    fills: list[Filled]
    last_list_id: int = 0


def take(state: State) -> Checkpoint:
    """The state as it is now. Shares its orders: encode it before anything changes."""
    return Checkpoint(
        sequence=state.sequence,
        last_order_id=state.last_order_id,
        last_trade_id=dict(state.last_trade_id),
        last_rank=state.last_rank,
        accounts=[_image(account) for account in state.accounts.values()],
        orders=list(state.orders.values()),
        fills=[fill for fills in state.fills.values() for fill in fills],
        last_list_id=state.last_list_id,
    )


def restore(state: State, checkpoint: Checkpoint) -> None:
    """Fill an empty state."""
    state.sequence = checkpoint.sequence
    state.last_order_id = checkpoint.last_order_id
    state.last_trade_id.update(checkpoint.last_trade_id)
    state.last_rank = checkpoint.last_rank
    state.last_list_id = checkpoint.last_list_id
    for image in checkpoint.accounts:
        balances = {asset: Balance(*amounts) for asset, amounts in image.balances.items()}
        account = Account(image.uid, image.api_key, image.secret_key, balances, image.updated_at)
        state.add_account(account)
    for order in checkpoint.orders:
        state.add_order(order)
    for fill in checkpoint.fills:
        state.add_fill(fill)


def _image(account: Account) -> AccountImage:
    balances = {
        asset: (balance.free, balance.locked) for asset, balance in account.balances.items()
    }
    return AccountImage(
        account.uid, account.api_key, account.secret_key, balances, account.updated_at
    )
