"""An account is caught up as often as somebody has missed something of it."""

import asyncio

from accounts.models import User
from execution.batches import Batches
from execution.binance import Binance
from execution.holds import Holds
from execution.user_streams import database
from execution.user_streams.catch_up import CatchUp, record_found
from tests import cast
from tests.execution.watching import count_calls, counted
from tests.paper_exchange import PaperExchange


def test_what_is_wanted_while_a_catch_up_is_ending_is_asked_for_again(
    alice: User, paper: PaperExchange
) -> None:
    account = cast.account_of(alice)
    count_calls(paper, {"method": "GET", "path": "openOrders"})

    async def want_twice() -> None:
        exchange, catch_up = (
            Binance(paper.rest_url),
            CatchUp(Batches("found", record_found), Holds()),
        )
        before = asyncio.all_tasks()
        catch_up.want(account, exchange)
        (first,) = asyncio.all_tasks() - before
        while not first.done():  # Turn by turn: waiting for it would let its end be noticed.
            await asyncio.sleep(0)
        catch_up.want(account, exchange)  # Its end is known to nobody yet.
        await asyncio.sleep(0)
        await asyncio.gather(*asyncio.all_tasks() - before)
        await exchange.close()
        catch_up.stop(5)

    asyncio.run(want_twice())
    database.close()
    assert counted(paper) == 2
