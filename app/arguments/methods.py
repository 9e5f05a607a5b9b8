"""What ``twinsight methods`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command, output


def add(commands: Commands) -> None:
    """Add ``methods`` to the parser."""
    parser = add_command(commands, "methods", "list what pictures can be described, ranked and compressed with")
    parser.add_argument(
        "--no-speed", action="store_true", help="do without the pictures per second, which are measured the first time"
    )
    parser.add_argument("--json", type=output, metavar="FILE", help="write the list as JSON, with papers; - is stdout")
