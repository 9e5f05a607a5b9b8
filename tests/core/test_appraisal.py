"""Which of two pictures is better, and what their files say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core._cv import cv2
from core.appraisal import Appraisal, appraise
from core.features.base import Pixels
from core.file_facts import FileFacts, read_facts

PLAIN = FileFacts()


def scaled(scale: float) -> NDArray[np.float64]:
    return np.array([(scale, 0, (scale - 1) / 2), (0, scale, (scale - 1) / 2), (0, 0, 1)])


def resized(pixels: Pixels, scale: float) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def measured(first: Pixels, second: Pixels, matrix: NDArray[np.float64] | None, *facts: FileFacts) -> Appraisal:
    sizes = (first.shape[1], first.shape[0]), (second.shape[1], second.shape[0])
    one, other = facts or (PLAIN, PLAIN)
    return appraise((first, second), sizes, (one, other), matrix, cropped=True)


def test_the_larger_original_beats_its_small_copy(photos: Mapping[str, Pixels]) -> None:
    verdict = measured(photos["coffee"], resized(photos["coffee"], 0.5), scaled(0.5)).verdict
    assert verdict.better == 0
    assert any("detail" in reason for reason in verdict.reasons)
    assert "2 times the pixels on each side" in verdict.reasons


def test_an_enlarged_copy_does_not_win_by_its_pixels(photos: Mapping[str, Pixels]) -> None:
    large = np.asarray(cv2.resize(photos["cat"], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    verdict = measured(large, photos["cat"], scaled(0.5)).verdict
    assert verdict.better == 1
    assert verdict.reasons == ("as much detail in fewer pixels: the other was enlarged",)


def test_a_blurred_copy_of_the_same_size_loses(photos: Mapping[str, Pixels]) -> None:
    blurred = np.asarray(cv2.GaussianBlur(photos["coffee"], (0, 0), 2.0), np.uint8)
    appraisal = measured(blurred, photos["coffee"], np.eye(3))
    assert appraisal.looks[1].sharpness > 2 * appraisal.looks[0].sharpness
    assert appraisal.verdict.better == 1


def test_more_contrast_is_not_more_detail(photos: Mapping[str, Pixels]) -> None:
    strong = np.clip(1.4 * (photos["cat"].astype(np.float32) - 128) + 128, 0, 255).astype(np.uint8)
    first, second = measured(strong, photos["cat"], np.eye(3)).looks
    assert first.sharpness == pytest.approx(second.sharpness, rel=0.1)


def test_the_whole_beats_its_crop_and_says_how_much_is_left(photos: Mapping[str, Pixels]) -> None:
    crop = photos["coffee"][50:350, 100:500]
    away = np.array([(1.0, 0, -100), (0, 1, -50), (0, 0, 1)])
    verdict = measured(photos["coffee"], np.ascontiguousarray(crop), away).verdict
    assert verdict.better == 0
    assert verdict.reasons[0] == "shows more: the other is 50% of it"


def test_of_equal_pixels_the_less_compressed_file_wins(photos: Mapping[str, Pixels]) -> None:
    same = photos["rocket"], photos["rocket"], np.eye(3)
    assert measured(*same, FileFacts(60), FileFacts(92)).verdict.reasons == (
        "less compressed: quality about 92 against 60",
    )
    assert measured(*same, FileFacts(lossless=True), FileFacts(92)).verdict.better == 0
    assert measured(*same).verdict.better is None


@pytest.mark.parametrize("quality", [10, 50, 75, 92, 100])
def test_the_quality_of_a_jpeg_is_read_off_its_tables(
    quality: int, photos: Mapping[str, Pixels], tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(photos["cat"]).save(path, quality=quality)
    found = read_facts(path).quality
    assert found is not None and abs(found - quality) <= 1


def test_what_a_camera_wrote_is_read(photos: Mapping[str, Pixels], tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Nikon", "D90\0\n"
    exif.get_ifd(0x8769).update({0x829A: 1 / 250, 0x829D: 2.8, 0x8827: 400, 0x9003: "2024:05:01 10:00:00"})
    Image.fromarray(photos["cat"]).save(tmp_path / "a.jpg", exif=exif)
    facts = read_facts(tmp_path / "a.jpg")
    written = dict(facts.written)
    assert (written["Camera"], written["Exposure"], written["Aperture"]) == ("Nikon D90", "1/250 s", "f/2.8")
    assert facts.from_camera and not facts.lossless


def test_a_file_that_is_no_picture_has_no_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe1 nothing")
    assert read_facts(path) == FileFacts()
    assert read_facts(tmp_path / "gone.jpg") == FileFacts()


def test_a_caption_is_not_more_of_the_picture(photos: Mapping[str, Pixels]) -> None:
    wider = np.pad(photos["coffee"], ((80, 0), (0, 0), (0, 0)), constant_values=255)
    sizes = (600, 480), (600, 400)
    up = np.array([(1.0, 0, 0), (0, 1, -80), (0, 0, 1)])
    assert appraise((wider, photos["coffee"]), sizes, (PLAIN, PLAIN), up).verdict.better is None
