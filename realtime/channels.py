"""Market channels: their names, and the last message of each, which new subscribers get first."""

import re
import time
from collections.abc import Iterator

from realtime.texts import ReadyText, Text

INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d", "1w")
TICKERS = "tickers"  # Every `ticker:SYMBOL` in one subscription.

_KEPT = 20_000
_SILENCE_MS = 5_000  # The days of all markets come every second.
# The exchange lists symbols beyond A-Z and 0-9.
_NAME = re.compile(
    r"tickers|(?:ticker|book|tape):(?P<symbol>[^\s:]{1,32})"
    rf"|candle:(?P<charted>[^\s:]{{1,32}}):(?:{'|'.join(INTERVALS)})"
)


def symbol_of(channel: str) -> str | None:
    """The symbol that a channel is about, "" for `tickers`, None for what is no channel."""
    match = _NAME.fullmatch(channel)
    if match is None:
        return None
    return match["symbol"] or match["charted"] or ""


class Market:
    """What this process has seen of the market."""

    def __init__(self) -> None:
        self.symbols: frozenset[str] = frozenset()  # Of our rows; empty until they were read.
        self._last: dict[str, Text] = {}
        self._seen_at: float | None = None

    def offers(self, channel: str) -> bool:
        symbol = symbol_of(channel)
        if symbol is None:
            return False
        return not symbol or not self.symbols or symbol in self.symbols

    def keep(self, channel: str, message: bytes) -> Text:
        """Note a message of the feed as the channel's last."""
        self._seen_at = time.monotonic()
        return self._keep(channel, message)

    def recall(self, channel: str, message: bytes) -> None:
        """Note a message from before this process listened, unless there is a newer one."""
        if channel not in self._last:
            self._keep(channel, message)

    def snapshot(self, channel: str) -> Iterator[tuple[str, Text]]:
        """The last message of a channel, of every ticker for `tickers`: (channel, message)."""
        if channel == TICKERS:
            yield from [item for item in self._last.items() if item[0].startswith("ticker:")]
        elif message := self._last.get(channel):
            yield channel, message

    def age_ms(self) -> int | None:
        """For how long the feed has been silent; None when it was never heard."""
        if self._seen_at is None:
            return None
        return int((time.monotonic() - self._seen_at) * 1000)

    @property
    def is_silent(self) -> bool:
        """Whether the feed has said nothing for so long that its prices may be wrong by now."""
        age = self.age_ms()
        return age is None or age > _SILENCE_MS

    def _keep(self, channel: str, message: bytes) -> Text:
        self._last.pop(channel, None)  # So that the first key is the one silent for longest.
        text = self._last[channel] = ReadyText(message)
        if len(self._last) > _KEPT:
            del self._last[next(iter(self._last))]
        return text
