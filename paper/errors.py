"""What the exchange answers when it refuses, in Binance's codes and words."""


class ExchangeError(Exception):
    """A refusal. `status` is the HTTP status that carries it, `retry_at` the end of a ban in ms."""

    def __init__(
        self, code: int, message: str, *, status: int = 400, retry_at: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_at = retry_at


def too_many_requests(limit: int) -> ExchangeError:
    return ExchangeError(
        -1003,
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
        status=429,
    )


def banned(until: int) -> ExchangeError:
    words = (
        f"Way too much request weight used; IP banned until {until}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    return ExchangeError(-1003, words, status=418, retry_at=until)


def too_many_orders(limit: int, interval: str) -> ExchangeError:
    words = f"Too many new orders; current limit is {limit} orders per {interval}."
    return ExchangeError(-1015, words, status=429)


def timestamp_ahead() -> ExchangeError:
    return ExchangeError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")


def timestamp_outside_window() -> ExchangeError:
    return ExchangeError(-1021, "Timestamp for this request is outside of the recvWindow.")


def bad_signature() -> ExchangeError:
    return ExchangeError(-1022, "Signature for this request is not valid.")


def illegal_characters(name: str, legal: str) -> ExchangeError:
    words = f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    return ExchangeError(-1100, words)


def missing(name: str) -> ExchangeError:
    words = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return ExchangeError(-1102, words)


def either_or(first: str, second: str) -> ExchangeError:
    words = f"Param '{first}' or '{second}' must be sent, but both were empty/null!"
    return ExchangeError(-1102, words)


def empty(name: str) -> ExchangeError:
    return ExchangeError(-1105, f"Parameter '{name}' was empty.")


def not_required(name: str) -> ExchangeError:
    return ExchangeError(-1106, f"Parameter '{name}' sent when not required.")


def too_precise(name: str) -> ExchangeError:
    return ExchangeError(-1111, f"Parameter '{name}' has too much precision.")


def invalid(code: int, what: str) -> ExchangeError:
    return ExchangeError(code, f"Invalid {what}.")


def bad_symbol() -> ExchangeError:
    return ExchangeError(-1121, "Invalid symbol.")


def filter_failure(name: str) -> ExchangeError:
    return ExchangeError(-1013, f"Filter failure: {name}")


def rejected(words: str) -> ExchangeError:
    return ExchangeError(-2010, words)


def insufficient_balance() -> ExchangeError:
    return rejected("Account has insufficient balance for requested action.")


def unknown_order() -> ExchangeError:
    return ExchangeError(-2011, "Unknown order sent.")


def unknown_list() -> ExchangeError:
    return ExchangeError(-2011, "Unknown order list sent.")


def no_such_order() -> ExchangeError:
    return ExchangeError(-2013, "Order does not exist.")


def bad_key_format() -> ExchangeError:
    return ExchangeError(-2014, "API-key format invalid.", status=401)


def bad_key() -> ExchangeError:
    words = "Invalid API-key, IP, or permissions for action."
    return ExchangeError(-2015, words, status=401)
