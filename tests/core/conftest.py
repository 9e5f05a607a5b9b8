"""What the tests of the engine share: small pictures, made textures, a catalog, and jobs run to their end."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core._cv import cv2
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, Event, Summary
from core.indexing import IndexOptions, index_library

Pixels = NDArray[np.uint8]
SmallPictures = Mapping[str, Pixels]

_MORE = {
    "motorcycle": "motorcycle_left.png",
    "bricks": "brick.png",
    "gravel": "gravel.png",
    "galaxies": "hubble_deep_field.jpg",
    "retina": "retina.jpg",
    "page": "page.png",
}
_SIDE = 400


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder for what is made once for many tests, which runs before each test gets its own."""
    folder = tmp_path_factory.mktemp("session-home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            patch.setenv(variable, str(folder))
        yield


@pytest.fixture(scope="session")
def small(request: pytest.FixtureRequest) -> SmallPictures:
    """Real pictures at most 400 pixels long, by name; read-only."""
    found = importlib.util.find_spec("skimage")
    assert found is not None and found.submodule_search_locations
    data = Path(found.submodule_search_locations[0]) / "data"
    pictures = dict(request.getfixturevalue("photos"))
    for name, file in _MORE.items():
        with Image.open(data / file) as picture:
            pictures[name] = np.asarray(picture.convert("RGB"))
    return {name: _shrunk(pixels) for name, pixels in pictures.items()}


def _shrunk(pixels: Pixels) -> Pixels:
    scale = min(1.0, _SIDE / max(pixels.shape))
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    small.flags.writeable = False
    return small


@pytest.fixture(scope="session")
def texture() -> Callable[..., Pixels]:
    """Makes pictures with structure at every scale: ``texture(seed, width=320, height=240)``."""

    def make(seed: int, width: int = 320, height: int = 240) -> Pixels:
        rng = np.random.default_rng(seed)
        layers = [
            cv2.resize(rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8), (width, height), interpolation=2)
            for cells in (5, 11, 24, 60)
        ]
        mean = np.mean(layers, axis=0)
        return np.asarray(np.clip((mean - 128) * 2 + 128, 0, 255), np.uint8)

    return make


@pytest.fixture(scope="session")
def save() -> Callable[..., Path]:
    """Saves a picture in the format of the path's extension, making its folder: ``save(pixels, path, quality=90)``."""

    def write(pixels: Pixels, path: Path, **options: object) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(pixels)).save(path, **options)  # type: ignore[arg-type]
        return path

    return write


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog beside the pictures of a test."""
    with Catalog(tmp_path / "catalog.sqlite3") as catalog:
        yield catalog


@pytest.fixture
def index(catalog: Catalog) -> Callable[..., tuple[Summary, list[Event]]]:
    """Indexes folders with the cheapest method: ``summary, events = index(folder)``."""

    def run(*folders: Path, **options: object) -> tuple[Summary, list[Event]]:
        chosen = IndexOptions(**{"methods": ("pdq",), "workers": 1, **options})  # type: ignore[arg-type]
        events = list(index_library(catalog, folders, chosen))
        return _summary(events), events

    return run


@pytest.fixture
def scan(catalog: Catalog) -> Callable[..., Summary]:
    """Scans folders to the end: ``scan(folder, preset="fast").groups``."""

    def run(*folders: Path, **options: object) -> Summary:
        chosen = ScanOptions(**{"preset": "fast", "workers": 2, **options})  # type: ignore[arg-type]
        return _summary(list(find_duplicates(catalog, folders, chosen)))

    return run


def _summary(events: list[Event]) -> Summary:
    assert isinstance(events[-1], Done)
    return events[-1].summary
