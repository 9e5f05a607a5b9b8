"""The facts of two files as rows of a table, each with whether the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app import words
from core.appraisal import Appraisal
from core.geometry import Size
from core.pixel_measures import PixelMeasures

_MEGA = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PairFacts:
    """Two files, measured.

    Attributes:
        paths: Where they are.
        sizes: Bytes.
        modified: Seconds since the epoch.
        appraisal: What their pixels and headers tell.
        likeness: How much their pixels differ, laid over each other where that is possible.
    """

    paths: tuple[Path, Path]
    sizes: tuple[int, int]
    modified: tuple[float, float]
    appraisal: Appraisal
    likeness: PixelMeasures


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a name, a value for each picture, and whether these differ."""

    name: str
    values: tuple[str, str]

    @property
    def differs(self) -> bool:
        """Whether the two values are not the same."""
        return self.values[0] != self.values[1]


def rows_of(facts: PairFacts) -> list[Row]:
    """The table: files first, then pixels, then what is written in them."""
    rows = [
        _row(_text("Folder"), *(words.folder_of(path) for path in facts.paths)),
        _row(_text("Format"), *(path.suffix.lstrip(".").upper() for path in facts.paths)),
        _row(_text("Dimensions"), *(_dimensions(size) for size in facts.appraisal.sizes)),
        _row(_text("Size"), *(words.size(size) for size in facts.sizes)),
        _row(_text("Bits per pixel"), *_bits(facts)),
        _row(_text("Modified"), *(words.date(moment) for moment in facts.modified)),
        _row(_text("Compression"), *(_compression(facts, side) for side in (0, 1))),
        _row(_text("Sharpness"), *(words.decimal(look.sharpness, 1) for look in facts.appraisal.looks)),
        _row(_text("Black, white"), *(_clipped(facts, side) for side in (0, 1))),
    ]
    return [*rows, *_written(facts)]


def likeness_in_words(likeness: PixelMeasures) -> str:
    """How much the pixels differ, in one line."""
    aligned = _text("Pixels laid over each other: MSE {mse}, PSNR {psnr} dB, SSIM {ssim}")
    stretched = _text("Pixels stretched to one size: MSE {mse}, PSNR {psnr} dB, SSIM {ssim}")
    told = aligned if likeness.aligned else stretched
    return told.format(
        mse=words.decimal(likeness.mse, 1), psnr=words.decimal(likeness.psnr, 1), ssim=words.decimal(likeness.ssim, 3)
    )


def _row(name: str, first: str, second: str) -> Row:
    return Row(name, (first, second))


def _dimensions(size: Size) -> str:
    told = QCoreApplication.translate("PairFacts", "{size} px, {count} megapixels")
    return told.format(size=words.dimensions(*size), count=words.decimal(size[0] * size[1] / _MEGA, 1))


def _bits(facts: PairFacts) -> tuple[str, str]:
    first, second = (
        words.decimal(8 * count / (size[0] * size[1]), 2)
        for count, size in zip(facts.sizes, facts.appraisal.sizes, strict=True)
    )
    return first, second


def _compression(facts: PairFacts, side: int) -> str:
    file = facts.appraisal.facts[side]
    if file.lossless:
        return _text("without loss")
    if file.quality is None:
        return _text("unknown")
    return _text("JPEG quality about {quality}").format(quality=words.number(file.quality))


def _clipped(facts: PairFacts, side: int) -> str:
    look = facts.appraisal.looks[side]
    return f"{words.percent(look.shadows)}, {words.percent(look.highlights)}"


def _written(facts: PairFacts) -> list[Row]:
    """What is written into either file; a dash stands for nothing."""
    first, second = (dict(file.written) for file in facts.appraisal.facts)
    return [_row(name, first.get(name, "-"), second.get(name, "-")) for name in dict.fromkeys((*first, *second))]


def _text(source: str) -> str:
    return QCoreApplication.translate("PairFacts", source)
