"""What ``twinsight models`` takes."""

from __future__ import annotations

from pathlib import Path

from app.arguments.options import Commands, add_command


def add(commands: Commands) -> None:
    """Add ``models`` to the parser."""
    parser = add_command(commands, "models", "list, import, export and remove models")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    actions.add_parser("list", help="list the models there are", allow_abbrev=False)
    importing = actions.add_parser(
        "import",
        help="check a model file and install it as a method",
        description="Only ONNX and safetensors are loaded. A model is run once before it is installed.",
        allow_abbrev=False,
    )
    importing.add_argument("file", type=Path, metavar="FILE", help="an .onnx or .safetensors file")
    importing.add_argument("--name", metavar="NAME", help="another name than its own")
    importing.add_argument("--sha256", metavar="HASH", help="what the file must hash to")
    exporting = actions.add_parser("export", help="copy a model out, with its description and card", allow_abbrev=False)
    exporting.add_argument("name", metavar="NAME")
    exporting.add_argument("--out", type=Path, metavar="FILE", help="a file or a folder (default: here)")
    removing = actions.add_parser("remove", help="remove a model of your own", allow_abbrev=False)
    removing.add_argument("name", metavar="NAME")
    downloading = actions.add_parser(
        "download",
        help="fetch the weights of a method from the hub of its library, after asking",
        description="The one thing that uses the network. Nothing else in Twinsight needs it.",
        allow_abbrev=False,
    )
    downloading.add_argument(
        "name", metavar="NAME", help="a method without weights, a network of timm, or of open_clip"
    )
    downloading.add_argument("--yes", action="store_true", help="do not ask")
