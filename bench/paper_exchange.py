"""How many MARKET orders a second the paper exchange takes, and what that costs it.

    nice .venv/bin/python -m bench.paper_exchange [--seconds 5] [--callers 16] [--rate 0]

Starts an exchange of its own in a temporary directory. `--rate` 0 sends as fast as the callers can.
"""

import argparse
import asyncio
import hashlib
import hmac
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.paper_exchange import PaperExchange

KEY, SECRET = "bench-api-key", "bench-secret"
BALANCES = {"USDT": "1000000000", "BTC": "100000"}


@dataclass
class Load:
    """What was sent, and how long each answer took, in seconds."""

    exchange: PaperExchange
    until: float
    pause_s: float
    latencies: list[float] = field(default_factory=list)
    refused: int = 0


def signed_order(number: int) -> str:
    """The form body of one small MARKET order."""
    side = "BUY" if number % 2 else "SELL"
    fields = (
        f"newOrderRespType=FULL&quantity=0.00100&recvWindow=5000&side={side}"
        f"&symbol=BTCUSDT&timestamp={time.time_ns() // 1_000_000}&type=MARKET"
    )
    signature = hmac.new(SECRET.encode(), fields.encode(), hashlib.sha256).hexdigest()
    return f"{fields}&signature={signature}"


async def call(load: Load, session: aiohttp.ClientSession) -> None:
    """One caller: order after order over one connection."""
    url = f"{load.exchange.rest_url}/v3/order"
    headers = {"X-MBX-APIKEY": KEY, "Content-Type": "application/x-www-form-urlencoded"}
    number = 0
    while (started := time.perf_counter()) < load.until:
        number += 1
        async with session.post(url, data=signed_order(number), headers=headers) as response:
            await response.read()
            load.refused += response.status != 200
        load.latencies.append(time.perf_counter() - started)
        await asyncio.sleep(load.pause_s)


async def run(arguments: argparse.Namespace, exchange: PaperExchange) -> None:
    """Load the exchange and print what it did."""
    before = cpu_seconds(exchange.pid)
    pause_s = arguments.callers / arguments.rate if arguments.rate else 0.0
    started = time.perf_counter()
    load = Load(exchange, started + arguments.seconds, pause_s)
    connector = aiohttp.TCPConnector(limit=arguments.callers)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(call(load, session) for _ in range(arguments.callers)))
    elapsed = time.perf_counter() - started
    cpu_s = cpu_seconds(exchange.pid) - before
    latencies = sorted(load.latencies)
    count = len(latencies)
    print(
        f"{count / elapsed:,.0f} orders/s, {load.refused} refused, "
        f"p50 {latencies[count // 2] * 1000:.1f} ms, "
        f"p99 {latencies[count * 99 // 100] * 1000:.1f} ms, "
        f"exchange CPU {cpu_s / elapsed:.0%} of a core, {cpu_s / count * 1e6:,.0f} us an order"
    )


def idle(exchange: PaperExchange, seconds: float) -> None:
    """Print what the exchange costs while nobody trades."""
    before = cpu_seconds(exchange.pid)
    time.sleep(seconds)
    print(f"idle: {(cpu_seconds(exchange.pid) - before) / seconds:.1%} of a core")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, from Linux's /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--rate", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        exchange = PaperExchange(Path(directory)).start()
        try:
            exchange.provision(KEY, SECRET, BALANCES)
            idle(exchange, 3)
            asyncio.run(run(arguments, exchange))
            started = time.perf_counter()
            exchange.restart()
            orders = len(exchange.journal()["orders"])
            size = sum(path.stat().st_size for path in Path(directory).iterdir()) / 1e6
            elapsed = time.perf_counter() - started
            print(f"restart over {orders:,} orders, {size:.0f} MB: {elapsed:.2f} s")
        finally:
            exchange.stop()


if __name__ == "__main__":
    main()
