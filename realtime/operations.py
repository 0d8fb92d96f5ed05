"""What a client may say on its socket."""

from dataclasses import dataclass
from typing import Any

import msgspec

MAX_CHARACTERS = 8192
MAX_CHANNELS = 50
_MAX_SEQ = 2**63 - 1


class BadMessage(Exception):
    """Not something that we understand: answered with an ERROR, never with a crash."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Subscribe:
    channels: list[str]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    channels: list[str]


@dataclass(frozen=True, slots=True)
class Resume:
    since: int


Operation = Subscribe | Unsubscribe | Resume


def parse(text: str | None) -> Operation:
    """Read one client message; None stands for a binary one.

    Raises: `BadMessage`.
    """
    if text is None:
        raise BadMessage("BAD_MESSAGE", "Messages are JSON text, not binary.")
    if len(text) > MAX_CHARACTERS:
        raise BadMessage("TOO_LONG", f"A message has at most {MAX_CHARACTERS} characters.")
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadMessage("BAD_MESSAGE", "The message is not valid JSON.") from error
    if not isinstance(message, dict):
        raise BadMessage("BAD_MESSAGE", 'A message is an object with an "op".')
    return _operation(message)


def seq_of(value: Any) -> int:
    """A number of an event, from JSON or from a query string.

    Raises: `BadMessage`.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if type(value) is not int or not 0 <= value <= _MAX_SEQ:
        raise BadMessage("BAD_SINCE", '"since" is the number of the last event you saw.')
    return value


def _operation(message: dict[str, Any]) -> Operation:
    match message.get("op"):
        case "subscribe":
            return Subscribe(_channels(message))
        case "unsubscribe":
            return Unsubscribe(_channels(message))
        case "resume":
            return Resume(seq_of(message.get("since")))
    raise BadMessage("UNKNOWN_OP", 'Known are "subscribe", "unsubscribe" and "resume".')


def _channels(message: dict[str, Any]) -> list[str]:
    channels = message.get("channels")
    if not isinstance(channels, list) or not all(isinstance(name, str) for name in channels):
        raise BadMessage("BAD_CHANNEL", '"channels" is a list of names.')
    return list(dict.fromkeys(channels))
