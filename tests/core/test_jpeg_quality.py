"""The quality of a JPEG is read off its tables, and what files tell of recompression is said in words."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.comparing import compare
from core.file_facts import FileFacts
from core.jpeg_quality import jpeg_quality
from core.recompression import recompression_words
from core.records import Evidence, ImageRecord, Relation

Pixels = NDArray[np.uint8]


def tables_at(quality: int, subsampling: int = 2) -> dict[int, list[int]]:
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), "teal").save(stream, "JPEG", quality=quality, subsampling=subsampling)
    with Image.open(stream) as image:
        return dict(image.quantization)  # type: ignore[attr-defined]


def test_every_quality_of_the_reference_encoder_is_told() -> None:
    assert [jpeg_quality(tables_at(quality)) for quality in range(1, 101)] == list(range(1, 101))


@pytest.mark.parametrize("quality", [5, 40, 63, 88, 97])
def test_tables_of_another_encoder_are_told_roughly(quality: int) -> None:
    rng = np.random.default_rng(quality)
    values = np.asarray(tables_at(quality)[0]) * rng.uniform(0.85, 1.15, 64)
    other = {0: [max(1, round(float(value))) for value in rng.permutation(values)]}
    assert abs(jpeg_quality(other) - quality) <= 4


def record(name: str, form: str) -> ImageRecord:
    return ImageRecord(Path(name), name, 64, 64, 1000, 0.0, form)


JPEG, PNG, WEBP = (record(f"a.{form}", form) for form in ("JPEG", "PNG", "WEBP"))
LOSSLESS, UNKNOWN = FileFacts(lossless=True), FileFacts()


@pytest.mark.parametrize(
    ("relation", "records", "facts", "words"),
    [
        (Relation.CROP, (JPEG, JPEG), (FileFacts(92), FileFacts(60)), "recompressed from quality 92 to about 60"),
        (Relation.CROP, (JPEG, JPEG), (FileFacts(60), FileFacts(92)), "recompressed from quality 60 to about 92"),
        (Relation.EDITED, (JPEG, JPEG), (FileFacts(90), FileFacts(88)), "recompressed"),
        (Relation.EDITED, (PNG, JPEG), (LOSSLESS, FileFacts(75)), "compressed to quality about 75"),
        (Relation.EDITED, (WEBP, JPEG), (UNKNOWN, FileFacts(75)), "recompressed"),
        (Relation.CROP, (JPEG, WEBP), (FileFacts(90), UNKNOWN), "recompressed as WEBP"),
        (Relation.CROP, (WEBP, WEBP), (UNKNOWN, UNKNOWN), ""),
        (Relation.CROP, (JPEG, PNG), (FileFacts(90), LOSSLESS), ""),
        (Relation.RE_ENCODED, (JPEG, JPEG), (FileFacts(90), FileFacts(90)), ""),
        (Relation.RE_ENCODED, (JPEG, JPEG), (FileFacts(90), FileFacts(50)), "recompressed from quality 90 to about 50"),
        (Relation.SAME_PIXELS, (JPEG, JPEG), (FileFacts(90), FileFacts(50)), ""),
        (Relation.SAME_SCENE, (JPEG, JPEG), (FileFacts(90), FileFacts(50)), ""),
    ],
)
def test_words_say_only_what_the_files_tell(
    relation: Relation, records: tuple[ImageRecord, ImageRecord], facts: tuple[FileFacts, FileFacts], words: str
) -> None:
    assert recompression_words(relation, Evidence(coverage_b=1.0), records, facts) == words


def test_a_picture_that_shows_more_was_not_made_of_the_smaller_one() -> None:
    smaller = Evidence(coverage_a=1.0, coverage_b=0.4)
    assert recompression_words(Relation.CROP, smaller, (JPEG, JPEG), (FileFacts(60), FileFacts(92))) == ""


def test_a_crop_that_was_recompressed_says_so(photos: Mapping[str, Pixels], tmp_path: Path) -> None:
    photo = Image.fromarray(photos["coffee"])
    photo.save(tmp_path / "photo.jpg", quality=92)
    turned = photo.crop((60, 40, 510, 340)).rotate(90, expand=True).resize((540, 810))
    turned.save(tmp_path / "crop.jpg", quality=60)

    match = compare(tmp_path / "photo.jpg", tmp_path / "crop.jpg")

    assert match.words == (
        "a 56% crop, turned 90 degrees counter-clockwise, 1.8 times larger, recompressed from quality 92 to about 60"
    )
