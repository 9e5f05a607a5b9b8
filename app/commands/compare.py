"""``twinsight compare``: say what two pictures are to each other, and draw the proof."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands import running
from app.terminal import plural, printable
from core import export
from core.comparing import compare
from core.images import load
from core.overlay import SIDE, draw_matches
from core.records import ExportError, Match


def run(arguments: argparse.Namespace) -> int:
    """Compare two pictures and report the evidence."""
    running.check_outputs(arguments)
    match = compare(arguments.first, arguments.second)
    if arguments.overlay is not None:
        _draw(arguments.overlay, arguments.first, arguments.second, match)
    document = export.comparison_as_dict(arguments.first, match)
    running.write(arguments.json, lambda stream: export.write_json(stream, document))
    running.say(arguments, in_words(match))
    return 0


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
