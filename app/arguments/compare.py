"""What ``twinsight compare`` takes."""

from __future__ import annotations

from pathlib import Path

from app.arguments.options import Commands, add_command, output, picture


def add(commands: Commands) -> None:
    """Add ``compare`` to the parser."""
    parser = add_command(commands, "compare", "say what two pictures are to each other")
    parser.add_argument("first", type=Path, metavar="A", help="a picture")
    parser.add_argument("second", type=Path, metavar="B", help="another picture")
    parser.add_argument("--json", type=output, metavar="FILE", help="write the evidence; - is stdout")
    parser.add_argument(
        "--overlay", type=picture, metavar="FILE.png", help="draw both pictures with their matched keypoints"
    )
