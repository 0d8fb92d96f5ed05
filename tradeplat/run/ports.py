"""Ports of the processes: free before they start, answering afterwards."""

import http.client
import socket
from contextlib import suppress


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections of the last run that still linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def answers_http(port: int, path: str) -> bool:
    """Whether a server takes requests there and does not call itself broken."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
