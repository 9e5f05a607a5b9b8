"""The registry of methods: whatever class in this folder has an ``info`` is a method, under ``info.name``.

A class may define ``available() -> bool`` (a class or static method): while it answers False, because a file
is missing or this OpenCV lacks something, the method does not exist.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import cast

import core.features
from core.features.base import GlobalMethod, LocalMethod, MethodInfo
from core.records import MethodError

_Method = GlobalMethod | LocalMethod


@cache
def _classes() -> tuple[type, ...]:
    """Every class of this folder that describes itself, available or not."""
    found: list[type] = []
    for module_info in pkgutil.iter_modules(core.features.__path__, "core.features."):
        module = importlib.import_module(module_info.name)
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and value.__module__ == module.__name__
            and isinstance(getattr(value, "info", None), MethodInfo)
        ]
    return tuple(found)


def _available() -> Iterator[tuple[str, type]]:
    for method in _classes():
        is_available: Callable[[], bool] | None = getattr(method, "available", None)
        if is_available is None or is_available():
            info: MethodInfo = vars(method)["info"]
            yield info.name, method


def methods() -> dict[str, MethodInfo]:
    """What this install offers, by name, sorted."""
    return {name: vars(method)["info"] for name, method in sorted(_available())}


def create(name: str) -> GlobalMethod | LocalMethod:
    """Make a method by its name, with its default parameters.

    Raises:
        MethodError: Nothing has that name; the message names the nearest one.
        ModelError: The method's weights are missing or cannot be read.
    """
    known = dict(_available())
    if name not in known:
        raise MethodError(_unknown(name, sorted(known)))
    return cast(_Method, known[name]())


def prepare(name: str) -> None:
    """Do what a method needs once on this machine, such as converting its weights; call before workers start.

    A method's module may define ``prepare()`` for it.

    Raises:
        MethodError: Nothing has that name.
        ModelError: The method's weights are missing or cannot be read.
    """
    known = dict(_available())
    if name not in known:
        raise MethodError(_unknown(name, sorted(known)))
    action: Callable[[], object] | None = getattr(sys.modules[known[name].__module__], "prepare", None)
    if action is not None:
        action()


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.4)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"choose one of {', '.join(known)}"
    return f"no method is called {name!r}: {hint}"
