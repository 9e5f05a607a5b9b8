"""What ``twinsight compare`` takes."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.arguments.options import Commands, add_command, output, picture

MATCHERS = ("brute-force", "flann", "lightglue")
MODELS = ("best", "homography", "affine", "similarity")
ESTIMATORS = ("magsac", "ransac", "lmeds", "prosac", "lo-ransac", "graph-cut", "fast")


def add(commands: Commands) -> None:
    """Add ``compare`` to the parser."""
    parser = add_command(commands, "compare", "say what two pictures are to each other")
    parser.add_argument("first", type=Path, metavar="A", help="a picture")
    parser.add_argument("second", type=Path, metavar="B", help="another picture")
    parser.add_argument("--json", type=output, metavar="FILE", help="write the evidence; - is stdout")
    parser.add_argument(
        "--overlay", type=picture, metavar="FILE.png", help="draw both pictures with their matched keypoints"
    )
    matching = parser.add_argument_group("keypoints of your own choice", "instead of the whole judgement")
    matching.add_argument("--keypoints", metavar="NAME", help="a method with keypoints (see: twinsight methods)")
    matching.add_argument(
        "--matcher",
        choices=MATCHERS,
        default="brute-force",
        help="flann: KD-trees, or LSH for binary descriptors; lightglue: a network, for aliked and disk",
    )
    matching.add_argument("--ratio", type=share, default=0.88, metavar="R", help="of the ratio test (default: 0.88)")
    matching.add_argument("--one-way", action="store_true", help="do without the mutual check")
    matching.add_argument("--model", choices=MODELS, default="best", help="the map that is fitted (default: best)")
    matching.add_argument("--estimator", choices=ESTIMATORS, default="magsac", help="how (default: magsac)")


def share(text: str) -> float:
    """A number above 0 and at most 1."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and at most 1")
    return value
