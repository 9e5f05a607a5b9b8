"""No connection to another computer, but for the one thing that a person has asked for.

The packages that Twinsight stands on may like to fetch or report something, today or in their next version. So
connections are refused where Python makes them, and those packages are told beforehand.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from core.records import TwinsightError

logger = logging.getLogger(__name__)

SETTING = "TWINSIGHT_NETWORK"
"""Variable of the environment: "never" forbids even what a person asks for, "always" lifts the ban for development."""
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


class _Ban:
    """Refuses connections of this process; there is one, as a hook cannot be taken back."""

    def __init__(self) -> None:
        self.lifted = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """See what Python is about to do."""
        if not event.startswith("socket.") or self.lifted:
            return
        if event in ("socket.connect", "socket.sendto"):
            if arguments[0].family in _INTERNET:
                _check(str(arguments[-1][0]))
        elif event == "socket.getaddrinfo" and arguments[0]:
            host = arguments[0]
            _check(host.decode("ascii", "replace") if isinstance(host, bytes) else str(host))


def _check(host: str) -> None:
    if not host.startswith(_HERE):
        logger.warning("A connection to %s was refused", host)
        raise OSError(f"Twinsight makes no connections by itself, but something wanted {host}")


@lru_cache(maxsize=1)
def forbid_network() -> _Ban | None:
    """Refuse connections to other computers in this process from now on.

    Returns:
        The ban, or None where the setting says that there is none.
    """
    if os.environ.get(SETTING) == "always":
        return None
    for name, value in _TOLD.items():
        os.environ.setdefault(name, value)
    ban = _Ban()
    sys.addaudithook(ban)
    return ban


@contextmanager
def permitted(what: str) -> Iterator[None]:
    """Lift the ban for something that a person has asked for.

    Args:
        what: It in words, for the error ("The weights of resnet50").

    Raises:
        TwinsightError: The setting forbids this too.
    """
    if os.environ.get(SETTING) == "never":
        raise TwinsightError(f"{what} would need the network, which {SETTING}=never forbids.")
    ban = forbid_network()
    # The hub's package has read the variable when it was imported.
    constants = sys.modules.get("huggingface_hub.constants")
    before = getattr(constants, "HF_HUB_OFFLINE", None)
    try:
        if ban is not None:
            ban.lifted += 1
            if constants is not None:
                constants.HF_HUB_OFFLINE = False  # type: ignore[attr-defined]
        yield
    finally:
        if ban is not None:
            ban.lifted -= 1
            if constants is not None:
                constants.HF_HUB_OFFLINE = before  # type: ignore[attr-defined]
