"""Settings of the paper exchange: environment variables, each with a flag of the same name."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Config:
    """`fee_bips` is hundredths of a percent on the received asset; limits are Binance's own."""

    host: str
    port: int
    directory: Path
    seed: int
    control_token: str
    latency_ms: int
    prices: str
    binance_rest_url: str
    binance_stream_url: str
    fee_bips: int
    weight_limit: int
    order_limit: int
    sync: bool
    segment_kb: int

    def __repr__(self) -> str:
        return f"Config({self.host}:{self.port}, {self.directory})"  # Never the control token.


def load(arguments: Sequence[str] | None = None) -> Config:
    """The settings in force: a flag wins over its variable, which wins over the default."""
    given = _parser().parse_args(arguments)
    return Config(
        host=given.host,
        port=given.port,
        directory=Path(given.dir),
        seed=given.seed,
        control_token=given.control_token,
        latency_ms=given.latency_ms,
        prices=given.prices,
        binance_rest_url=given.binance_rest_url,
        binance_stream_url=given.binance_stream_url,
        fee_bips=given.fee_bips,
        weight_limit=given.weight_limit,
        order_limit=given.order_limit,
        sync=given.sync == "on",
        segment_kb=given.segment_kb,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m paper", description="A paper exchange.")

    def option(name: str, default: str, text: str, choices: Sequence[str] | None = None) -> None:
        numeric = default.isdigit()
        value = os.environ.get(f"PAPER_{name.upper()}") or default
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            default=value,
            choices=choices,
            type=int if numeric else str,
            help=f"{text} (PAPER_{name.upper()}, default {default or 'none'})",
        )

    option("host", "127.0.0.1", "address to listen on")
    option("port", "9090", "port of REST, WebSocket API, streams and control")
    option("dir", str(Path(os.environ.get("VAR_DIR") or "var") / "paper"), "journal directory")
    option("seed", "7", "seed of the price walk")
    option("control_token", "", "bearer token that opens the control API beyond loopback")
    option("latency_ms", "0", "delay of every REST answer")
    option("prices", "walk", "where prices come from", ("walk", "binance"))
    option("binance_rest_url", "https://data-api.binance.vision/api", "where real prices are")
    option("binance_stream_url", "wss://data-stream.binance.vision", "and their streams")
    option("fee_bips", "10", "fee in hundredths of a percent")
    option("weight_limit", "6000", "request weight per address and minute")
    option("order_limit", "100", "unfilled orders per account and 10 seconds")
    option("sync", "on", "flush the journal to the disk before answering", ("on", "off"))
    option("segment_kb", "32000", "size of a journal segment, in kB")
    return parser
