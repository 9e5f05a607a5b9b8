"""The one door to torchvision and to the packages that need it: timm and open_clip.

A PyTorch built for the processor beside a torchvision built for CUDA, which is what package managers often
install, makes ``import torchvision`` fail with "operator torchvision::nms does not exist": its compiled part
cannot be loaded, and its Python part then describes operators that nobody has declared. Declaring them is
enough. Only calling those operators still fails, and nothing here does.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from core.records import ModelError

if TYPE_CHECKING:
    import torch

_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


def import_open_clip() -> ModuleType:
    """The module open_clip.

    Raises:
        ModelError: It is not installed.
    """
    return _import("open_clip", "open_clip_torch")


def import_timm() -> ModuleType:
    """The module timm.

    Raises:
        ModelError: It is not installed.
    """
    return _import("timm", "timm")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep warnings of a package that logs to the root logger from the terminal."""
    root, before = logging.getLogger(), logging.root.manager.disable
    handlers = root.handlers[:]
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
        root.handlers[:] = handlers


def _import(module: str, package: str) -> ModuleType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mend_torchvision()
            return importlib.import_module(module)
    except ImportError as error:
        raise ModelError(f"{module} cannot be imported: run `pip install {package}` ({error})") from error


@cache
def mend_torchvision() -> torch.library.Library | None:
    """Make torchvision importable, and import it.

    Returns:
        The declarations, which must stay alive (the cache sees to that), or None when there was no need.

    Raises:
        ImportError: torchvision is not installed.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    else:
        return None
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torch

    declarations = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for operator in _OPERATORS:
        declarations.define(operator)  # type: ignore[no-untyped-call]
    importlib.import_module("torchvision")
    return declarations
