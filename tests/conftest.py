"""What every test runs in: its own home folder, no screen, no network; and a library of real pictures."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray
from PIL import Image

# Before anything imports Qt; `QT_QPA_PLATFORM=xcb make test` shows the windows.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# Threads that spin while they wait starve the others on a machine that has other things to do.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# The same examples each time, and no complaint about a busy machine.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

Pixels = NDArray[np.uint8]

_PHOTOS = {
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "astronaut": ("skimage", "data/astronaut.png"),
}


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, so that no test reads or writes the user's own catalog and settings."""
    folder = tmp_path_factory.mktemp("home")
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(folder))
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    for variable in ("APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(folder / variable.lower()))
    _share_converted_models(tmp_path_factory.getbasetemp() / "models")
    return folder


def _share_converted_models(folder: Path) -> None:
    """Converting the weights of a deep method takes seconds; once for all tests is enough."""
    from core.models import model_cache_folder

    folder.mkdir(exist_ok=True)
    model_cache_folder().parent.mkdir(parents=True)
    model_cache_folder().symlink_to(folder)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever wants the network fails at once and says so."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            raise OSError(f"tests have no network, but something wanted {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def pillow_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow's limit, which every decode sets to its own, as it was once the test is over."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


@pytest.fixture(scope="session")
def photos() -> Mapping[str, Pixels]:
    """Real photographs by name, (H, W, 3) uint8 RGB, from the packages that ship them; read-only."""
    return {name: _photo(*place) for name, place in _PHOTOS.items()}


def _photo(package: str, path: str) -> Pixels:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    with Image.open(Path(spec.submodule_search_locations[0]) / path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


@pytest.fixture
def library(tmp_path: Path, photos: Mapping[str, Pixels]) -> Path:
    """A folder with three photographs, copies of two of them, and a file that is no picture.

    china.jpg has an exact copy and a small one; cat.png has a copy turned by 90 degrees; flower.jpg has none.
    """
    folder = tmp_path / "library"
    (folder / "copies").mkdir(parents=True)
    save(photos["china"], folder / "china.jpg")
    save(photos["flower"], folder / "flower.jpg")
    save(photos["cat"], folder / "cat.png")
    shutil.copy(folder / "china.jpg", folder / "copies" / "china (1).jpg")
    china = Image.fromarray(photos["china"]).resize((320, 214), Image.Resampling.LANCZOS)
    save(np.asarray(china), folder / "copies" / "china small.jpg")
    save(np.rot90(photos["cat"]), folder / "copies" / "cat turned.png")
    (folder / "broken.jpg").write_bytes(b"this is no picture")
    return folder


def save(pixels: Pixels, path: Path) -> Path:
    """Save a picture in the format of the path's extension."""
    Image.fromarray(np.ascontiguousarray(pixels)).save(path)
    return path
