"""The registry of methods: whatever class in this folder has an ``info`` is a method, under ``info.name``.

A class may define ``available() -> bool`` (a class or static method): while it answers False, because a file
is missing or this OpenCV lacks something, the method does not exist. A module may define ``found_methods()``,
which returns more such classes, for what is known only by looking (models that people trained themselves).
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import cast

import core.features
from core.features.base import GlobalMethod, LocalMethod, MethodInfo
from core.records import MethodError

_Method = GlobalMethod | LocalMethod


@cache
def _classes() -> tuple[type, ...]:
    """Every class of this folder that describes itself, available or not."""
    return tuple(
        value
        for module in _modules()
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and isinstance(getattr(value, "info", None), MethodInfo)
    )


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = pkgutil.iter_modules(core.features.__path__, "core.features.")
    return tuple(importlib.import_module(name.name) for name in names)


def _found() -> Iterator[type]:
    """The classes that modules find by looking."""
    for module in _modules():
        look: Callable[[], tuple[type, ...]] | None = getattr(module, "found_methods", None)
        if look is not None:
            yield from look()


def _available() -> Iterator[tuple[str, type]]:
    """By name; what stands in a file here goes before what was found by looking."""
    for method in (*_found(), *_classes()):
        is_available: Callable[[], bool] | None = getattr(method, "available", None)
        if is_available is None or is_available():
            info: MethodInfo = vars(method)["info"]
            yield info.name, method


def methods() -> dict[str, MethodInfo]:
    """What this install offers, by name, sorted."""
    known = dict(_available())
    return {name: vars(known[name])["info"] for name in sorted(known)}


def info(name: str) -> MethodInfo:
    """What a method says of itself.

    Raises:
        MethodError: Nothing has that name; the message names the nearest one.
    """
    known = methods()
    if name not in known:
        raise MethodError(_unknown(name, sorted(known)))
    return known[name]


def kinds() -> tuple[type, ...]:
    """The classes behind the methods, each with an ``info``."""
    return tuple(dict(_available()).values())


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
