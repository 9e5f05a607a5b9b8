"""``twinsight compare``: say what two pictures are to each other, and draw the proof."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.commands import running
from app.terminal import plural, printable
from core import export
from core.comparing import compare, read_record
from core.estimators import Estimator, Model
from core.images import Limits, load
from core.keypoint_matchers import Matcher
from core.matching import MatchingOptions
from core.overlay import SIDE, draw_matches
from core.pair_measuring import match_files, measure_files
from core.pixel_measures import PixelMeasures
from core.records import ExportError, Match


def run(arguments: argparse.Namespace) -> int:
    """Compare two pictures and report the evidence."""
    running.check_outputs(arguments)
    match, words = _matched(arguments) if arguments.keypoints else _judged(arguments)
    if arguments.overlay is not None:
        _draw(arguments.overlay, arguments.first, arguments.second, match)
    pixels = measure_files(arguments.first, arguments.second, _straight(match))
    document = {**export.comparison_as_dict(arguments.first, match), "pixels": asdict(pixels)}
    running.write(arguments.json, lambda stream: export.write_json(stream, document))
    running.say(arguments, f"{words}\n{pixels_in_words(pixels)}")
    return 0


def _judged(arguments: argparse.Namespace) -> tuple[Match, str]:
    match = compare(arguments.first, arguments.second)
    return match, in_words(match)


def _matched(arguments: argparse.Namespace) -> tuple[Match, str]:
    """The pair by keypoints and means that were chosen by name."""
    options = MatchingOptions(
        ratio=arguments.ratio,
        matcher=Matcher(arguments.matcher),
        mutual=not arguments.one_way,
        model=Model(arguments.model),
        estimator=Estimator(arguments.estimator),
    )
    found = match_files(arguments.first, arguments.second, arguments.keypoints, options)
    evidence = found.evidence
    record = read_record(arguments.second, Limits())
    words = (
        f"{found.keypoints[0]:,} and {plural(found.keypoints[1], 'keypoint')}, "
        f"{plural(len(evidence.points_a), 'correspondence')}, {evidence.inlier_count:,} agree: {evidence.reason} "
        f"({1000 * found.detecting:.0f} ms to detect, {1000 * found.matching:.0f} ms to match)"
    )
    return Match(record, 0.0, None, evidence, words), words


def _straight(match: Match) -> NDArray[np.float64] | None:
    """The homography, where the evidence was accepted and the picture is what the homography says."""
    return match.evidence.homography if match.evidence.accepted else None


def pixels_in_words(pixels: PixelMeasures) -> str:
    """The pixels in one line ("pixels, laid over each other: MSE 12.3, PSNR 37.2 dB, SSIM 0.981")."""
    how = "laid over each other" if pixels.aligned else "stretched to one size"
    return f"pixels, {how}: MSE {pixels.mse:.1f}, PSNR {pixels.psnr:.1f} dB, SSIM {pixels.ssim:.3f}"


def in_words(match: Match) -> str:
    """The comparison in one line ("crop: a 62% crop, 214 keypoints agree, score 0.97")."""
    evidence = match.evidence
    if match.relation is None:
        return f"not the same picture: {printable(evidence.reason)}"
    parts = [f"{match.relation}: {printable(match.words)}"] if match.words else [str(match.relation)]
    if evidence.inlier_count:
        parts.append(f"{plural(evidence.inlier_count, 'keypoint')} agree")
    return ", ".join([*parts, f"score {match.score:.2f}"])


def _draw(target: Path, first: Path, second: Path, match: Match) -> None:
    """Draw both pictures with their matched keypoints into a PNG file.

    Raises:
        ExportError: The file cannot be written, or is one of the two pictures.
        ImageError: A picture cannot be read.
    """
    if target.exists() and any(target.samefile(path) for path in (first, second)):
        raise ExportError(f"{target} is one of the two pictures; name another file for the overlay.")
    a, b = load(first, SIDE), load(second, SIDE)
    sheet = draw_matches(a.pixels, b.pixels, match, first_size=(a.width, a.height))

    def save(path: Path) -> None:
        from PIL import Image

        Image.fromarray(sheet).save(path, format="PNG")

    export.save(target, save)
