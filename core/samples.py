"""A small library of pictures to try Twinsight on, with the copies that a real one collects.

The pictures ship inside scikit-image and scikit-learn, so nothing is downloaded. The copies are made by
``core.edits``. The same bytes come out each time.
"""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import edits, images
from core.features.base import Pixels
from core.records import LibraryError

MARKER = ".twinsight-samples"
"""The file that says that a folder is a complete sample library; it holds the number of files."""

_CREDITS = """These pictures are here to try Twinsight on. They may be changed and deleted.

They come with scikit-image and scikit-learn, whose notes name the author and licence of each. Among them,
"china" (IMG_0412) is by danielbuechele and "flower" (IMG_0415) by vultilion, both on Flickr under Creative
Commons Attribution 2.0; the pictures made from them were changed by Twinsight.
"""

# Morning of 1 June 2019; each file is a day younger than the one before, so that copies are younger.
_FIRST_DAY = 1_559_376_000
_DAY = 86_400
_HELD_UPRIGHT = 6  # the EXIF orientation of a phone held upright: turn the stored pixels clockwise by 90 degrees


@dataclass(frozen=True, slots=True)
class _Sample:
    """One file of the sample library.

    Attributes:
        path: Below the library folder.
        source: Name of the picture it shows.
        edits: Made one after the other; none for the picture as it is.
        others: Names of the pictures that a composite uses.
        quality: Of a JPEG.
        turned: Whether the pixels are stored turned, with an EXIF orientation that turns them back.
    """

    path: str
    source: str
    edits: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    quality: int = 92
    turned: bool = False


_SOURCES: Mapping[str, tuple[str, str]] = {
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "hubble": ("skimage", "data/hubble_deep_field.jpg"),
    "retina": ("skimage", "data/retina.jpg"),
    "rocket": ("skimage", "data/rocket.jpg"),
} | {
    name: ("skimage", f"data/{name}.png")
    for name in (
        *("astronaut", "brick", "camera", "chelsea", "clock_motion", "coffee", "coins", "grass", "gravel"),
        *("ihc", "moon", "motorcycle_left", "motorcycle_right", "page"),
    )
}

_PICTURES = (
    _Sample("Holidays/China/IMG_0412.jpg", "china"),
    _Sample("Holidays/China/IMG_0415.jpg", "flower"),
    _Sample("Holidays/Florida/DSC_1101.jpg", "rocket"),
    _Sample("Holidays/Florida/DSC_1107.jpg", "astronaut", quality=95),
    _Sample("Holidays/Museum/DSC_0230.jpg", "motorcycle_left"),
    _Sample("Holidays/Museum/DSC_0231.jpg", "motorcycle_right"),
    _Sample("Phone/Camera/IMG_2041.jpg", "chelsea", quality=95),
    _Sample("Phone/Camera/IMG_2042.jpg", "coffee", turned=True),
    _Sample("Phone/Camera/IMG_2050.jpg", "coins"),
    _Sample("Phone/Camera/IMG_2060.jpg", "clock_motion"),
    _Sample("Downloads/hubble deep field.jpg", "hubble"),
    _Sample("Downloads/moon.png", "moon"),
    _Sample("Old computer/Black and white/photographer.png", "camera"),
    _Sample("Old computer/Scans/page 1.png", "page"),
    _Sample("Old computer/Scans/eye.jpg", "retina"),
    _Sample("Old computer/Scans/tissue.jpg", "ihc"),
    _Sample("Old computer/Textures/brick.png", "brick"),
    _Sample("Old computer/Textures/grass.png", "grass"),
    _Sample("Old computer/Textures/gravel.png", "gravel"),
)

_EDITED = (
    # What messengers do: small and compressed.
    _Sample("Phone/Messages/IMG-WA0001.jpg", "chelsea", ("shrink", "jpeg-low"), quality=70),
    _Sample("Phone/Messages/IMG-WA0002.jpg", "china", ("jpeg-low",), quality=70),
    _Sample("Phone/Messages/IMG-WA0003.jpg", "rocket", ("shrink",), quality=75),
    _Sample("Phone/Messages/IMG-WA0004.webp", "coffee", ("webp",)),
    _Sample("Phone/Messages/IMG-WA0005.jpg", "astronaut", ("shrink", "filter"), quality=75),
    _Sample("Phone/Messages/IMG-WA0006.jpg", "motorcycle_left", ("jpeg",), quality=80),
    # What hands do on a phone.
    _Sample("Phone/Edited/cat square.jpg", "chelsea", ("crop-square",)),
    _Sample("Phone/Edited/cat mirrored.jpg", "chelsea", ("mirror",)),
    _Sample("Phone/Edited/coffee turned.jpg", "coffee", ("turn-90",)),
    _Sample("Phone/Edited/coffee straightened.jpg", "coffee", ("rotate-small",)),
    _Sample("Phone/Edited/launch filtered.jpg", "rocket", ("filter",)),
    _Sample("Phone/Edited/portrait grey.jpg", "astronaut", ("grey",)),
    _Sample("Phone/Edited/coins closer.jpg", "coins", ("crop-half",)),
    _Sample("Phone/Screenshots/Screenshot 1.png", "chelsea", ("phone-screenshot",)),
    _Sample("Phone/Screenshots/Screenshot 2.png", "china", ("phone-screenshot",)),
    # What an old backup holds.
    _Sample("Old computer/Backup 2019/DSC_1101 small.jpg", "rocket", ("shrink",)),
    _Sample("Old computer/Backup 2019/DSC_1107.bmp", "astronaut", ("resample",)),
    _Sample("Old computer/Backup 2019/DSC_0230.tif", "motorcycle_left", ("shrink",)),
    _Sample("Old computer/Backup 2019/IMG_2042 edited.jpg", "coffee", ("brightness", "crop-large")),
    _Sample("Old computer/Scans/page 1 upside down.png", "page", ("turn-180",)),
    _Sample("Old computer/Scans/eye detail.jpg", "retina", ("crop-half",)),
    _Sample("Old computer/Textures/gravel retouched.jpg", "gravel", ("gamma",)),
    _Sample("Old computer/Wallpapers/china framed.jpg", "china", ("border",)),
    _Sample("Old computer/Wallpapers/flower wide.jpg", "flower", ("letterbox",)),
    _Sample("Old computer/Wallpapers/hubble cropped.jpg", "hubble", ("crop-large",)),
    _Sample("Old computer/Wallpapers/moon large.jpg", "moon", ("enlarge",)),
    # What comes back from the web.
    _Sample("Downloads/cat meme.jpg", "chelsea", ("meme",), quality=80),
    _Sample("Downloads/coffee caption.jpg", "coffee", ("caption-bar",), quality=80),
    _Sample("Downloads/launch watermark.jpg", "rocket", ("watermark",)),
    _Sample("Downloads/astronaut sticker.png", "astronaut", ("sticker",)),
    _Sample("Downloads/astronaut poster.jpg", "astronaut", ("paste-small",), ("hubble",)),
    _Sample("Downloads/collage.jpg", "china", ("collage-2x2",), ("flower", "coffee", "chelsea")),
    _Sample("Downloads/before and after.jpg", "camera", ("side-by-side",), ("moon",)),
    _Sample("Downloads/photo of a screen.jpg", "rocket", ("photo-of-screen",)),
    _Sample("Downloads/flower tilted.jpg", "flower", ("perspective",)),
    _Sample("Downloads/china inverted.jpg", "china", ("invert",)),
    _Sample("Downloads/coins noisy.jpg", "coins", ("noise",)),
    _Sample("Downloads/reposted.jpg", "flower", ("chain-3",), quality=70),
)

# Another name for the same bytes.
_EXACT_COPIES = {
    "Old computer/Backup 2019/IMG_0412.jpg": "Holidays/China/IMG_0412.jpg",
    "Old computer/Backup 2019/DSC_1107.jpg": "Holidays/Florida/DSC_1107.jpg",
    "Downloads/hubble deep field (1).jpg": "Downloads/hubble deep field.jpg",
}


def default_sample_folder() -> Path:
    """Where the sample library of this user lies: in the platform's folder for application data."""
    import platformdirs

    return platformdirs.user_data_path("twinsight", appauthor=False) / "Sample library"


def make_sample_library(folder: Path) -> int:
    """Make the sample library; does nothing where it is complete, even if files of it were deleted since.

    Args:
        folder: Where to; it is missing, empty, or the sample library already.

    Returns:
        The number of files made, then or now.

    Raises:
        LibraryError: The folder holds something else, or cannot be written.
    """
    marker = folder / MARKER
    try:
        if marker.exists():
            return int(marker.read_text(encoding="ascii"))
        if folder.exists() and any(folder.iterdir()):
            raise LibraryError(f"{folder} is not empty; the sample library wants a folder of its own.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        return _make_aside(folder)
    except (OSError, ValueError) as error:
        raise LibraryError(f"The sample library cannot be made in {folder}: {error}.") from error


def _make_aside(folder: Path) -> int:
    """Make the library under a temporary name beside its place, so that it appears whole or not at all."""
    with tempfile.TemporaryDirectory(prefix=".twinsight-", dir=folder.parent) as workshop:
        made = Path(workshop) / "library"
        contents = _contents()
        for number, (path, data) in enumerate(contents.items()):
            target = made / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            moment = _FIRST_DAY + number * _DAY
            os.utime(target, (moment, moment))
        (made / "About these pictures.txt").write_text(_CREDITS, encoding="utf-8")
        (made / MARKER).write_text(str(len(contents)), encoding="ascii")
        if folder.exists():
            folder.rmdir()
        shutil.move(made, folder)
    return len(contents)


def _contents() -> dict[str, bytes]:
    """The bytes of every picture file by its path, originals first."""
    pictures = {name: _decoded(name) for name in _SOURCES}
    contents = {sample.path: _original(sample, pictures) for sample in _PICTURES}
    contents |= {sample.path: _edited(sample, pictures) for sample in _EDITED}
    # Saved anew without loss: other bytes, the same pixels.
    contents["Old computer/Backup 2019/IMG_0415.png"] = _encoded(pictures["flower"], ".png")
    contents |= {path: contents[original] for path, original in _EXACT_COPIES.items()}
    # What the list of skipped files is for.
    launch = contents["Holidays/Florida/DSC_1101.jpg"]
    contents["Downloads/unfinished download.jpg"] = launch[: len(launch) // 20]
    contents["Old computer/Recovered/IMG_0009.jpg"] = b"\x00" * 4096
    return contents


def _source(name: str) -> bytes:
    package, path = _SOURCES[name]
    # Found without being imported: scikit-image would ask its downloader where its pictures are.
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        file = Path(folder) / path
        if file.is_file():
            return file.read_bytes()
    raise LibraryError(f"The sample picture {path} is missing from {package}; install {package} again.")


def _decoded(name: str) -> Pixels:
    from PIL import Image

    if _SOURCES[name][1].endswith(".jpg"):
        return images.decode(_source(name)).pixels
    # One of the PNG files carries a colour profile that OpenCV complains about on stderr.
    with Image.open(io.BytesIO(_source(name))) as picture:
        return np.asarray(picture.convert("RGB"))


def _original(sample: _Sample, pictures: Mapping[str, Pixels]) -> bytes:
    if _SOURCES[sample.source][1].endswith(".jpg"):
        return _source(sample.source)
    return _encoded(pictures[sample.source], Path(sample.path).suffix, sample.quality, sample.turned)


def _edited(sample: _Sample, pictures: Mapping[str, Pixels]) -> bytes:
    rng = np.random.default_rng(zlib.crc32(sample.path.encode()))
    pixels = pictures[sample.source]
    others = [pictures[name] for name in sample.others]
    for name in sample.edits:
        pixels = edits.apply(name, pixels, rng, others).pixels
    return _encoded(pixels, Path(sample.path).suffix, sample.quality)


def _encoded(pixels: Pixels, extension: str, quality: int = 92, turned: bool = False) -> bytes:
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(np.rot90(pixels) if turned else pixels))
    options: dict[str, object] = {"quality": quality} if extension in (".jpg", ".webp") else {}
    if turned:
        exif = picture.getexif()
        exif[0x0112] = _HELD_UPRIGHT
        options["exif"] = exif
    buffer = io.BytesIO()
    picture.save(buffer, Image.registered_extensions()[extension], **options)
    return buffer.getvalue()
