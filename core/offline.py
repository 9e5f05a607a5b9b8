"""No connection to another computer, whatever a library underneath would like to fetch or report.

Nothing in Twinsight needs one. The packages it stands on may think otherwise, today or in their next version, so
connections are refused where Python makes them, and those packages are told beforehand.
"""

from __future__ import annotations

import logging
import os
import sys
from functools import lru_cache
from typing import Any

logger = logging.getLogger(__name__)

ALLOW = "TWINSIGHT_NETWORK"
"""Variable of the environment that lifts the ban with the value "allow", for those who work on Twinsight."""
_TOLD = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}
_HERE = ("127.", "::1", "localhost")
_INTERNET = frozenset({2, 10, 23, 30})
"""AF_INET and AF_INET6, which has another number on each system."""


def is_allowed() -> bool:
    """Whether somebody has lifted the ban."""
    return os.environ.get(ALLOW) == "allow"


@lru_cache(maxsize=1)
def forbid_network() -> None:
    """Refuse connections to other computers in this process from now on; it cannot be taken back."""
    if is_allowed():
        return
    for name, value in _TOLD.items():
        os.environ.setdefault(name, value)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        here, address = arguments[0].family not in _INTERNET, arguments[-1]
        if not here and not str(address[0]).startswith(_HERE):
            _raise(str(address[0]))
    elif event == "socket.getaddrinfo" and arguments[0] not in (None, "", b""):
        host = arguments[0].decode("ascii", "replace") if isinstance(arguments[0], bytes) else str(arguments[0])
        if not host.startswith(_HERE):
            _raise(host)


def _raise(host: str) -> None:
    logger.warning("A connection to %s was refused", host)
    raise OSError(f"Twinsight makes no connections, but something wanted {host}; {ALLOW}=allow would let it.")
