"""Tasks for test_workers.py; worker processes import them by name."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from core.records import ImageError


def perform(job: str, value: object = None) -> object:
    """Do what ``job`` says."""
    return _JOBS[job](value)


def _hang(marker: object) -> None:
    if marker is not None:
        Path(str(marker)).touch()
    time.sleep(600)


def _refuse(reason: object) -> None:
    raise ImageError(str(reason), Path("picture.jpg"))


def _stumble(message: object) -> None:
    raise KeyError(message)


def _starve(_: object) -> None:
    raise MemoryError


def _allocate(size: object) -> int:
    return len(bytearray(int(str(size))))


def _address_space(_: object) -> int:
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)[0]


def _unpicklable(_: object) -> object:
    return lambda: None


def _chatter(_: object) -> list[bool]:
    os.write(1, b"decoder says hello\n")
    os.write(2, b"libpng error: nonsense\n")
    print("hello")
    print("hello", file=sys.stderr)
    nowhere = Path(os.devnull).stat()
    return [os.path.samestat(os.fstat(descriptor), nowhere) for descriptor in (1, 2)]


_JOBS = {
    "echo": lambda value: value,
    "length": lambda value: len(value),
    "process": lambda _: os.getpid(),
    "die": lambda code: os._exit(int(str(code))),
    "hang": _hang,
    "refuse": _refuse,
    "stumble": _stumble,
    "starve": _starve,
    "allocate": _allocate,
    "address space": _address_space,
    "fill": lambda size: bytes(size),
    "unpicklable": _unpicklable,
    "chatter": _chatter,
}
