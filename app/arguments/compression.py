"""What ``twinsight compression`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command, add_library, add_method, add_output, add_running, positive


def add(commands: Commands) -> None:
    """Add ``compression`` to the parser."""
    parser = add_command(commands, "compression", "measure recall against bytes and milliseconds of compressed search")
    add_library(parser)
    add_method(parser, "method whose descriptors are compressed (default: twinsight-copy)", action="store")
    parser.add_argument(
        "--indexes", metavar="NAME@N,...", help="indexes to measure, as in pq@64,ivf@8,hnsw@32 (default: sixteen)"
    )
    parser.add_argument(
        "--queries", type=positive, default=500, metavar="N", help="pictures that are searched with (default: 500)"
    )
    add_output(parser, "curve")
    add_running(parser)
