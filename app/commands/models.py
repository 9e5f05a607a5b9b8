"""``twinsight models``: which models there are; import, export, remove and download them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.terminal import printable, size, table
from core.model_download import download, find_download
from core.model_store import InstalledModel, export_model, import_model, installed_models, remove_model
from core.records import ModelError


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked for."""
    actions = {"list": _list, "import": _import, "export": _export, "remove": _remove, "download": _download}
    for line in actions[arguments.action](arguments):
        sys.stdout.write(f"{line}\n")
    return 0


def _list(arguments: argparse.Namespace) -> list[str]:
    titles = ("name", "version", "kind", "numbers", "precision", "size", "from", "file")
    return list(table(titles, [_cells(model) for model in installed_models()]))


def _cells(model: InstalledModel) -> tuple[str, ...]:
    return (
        model.name,
        str(model.version or ""),
        model.kind,
        str(model.dimension or ""),
        model.precision,
        size(model.bytes),
        "Twinsight" if model.shipped else "you",
        printable(model.path),
    )


def _import(arguments: argparse.Namespace) -> list[str]:
    model = import_model(arguments.file, arguments.name, arguments.sha256)
    if model.kind == "weights":
        return [f"Installed the weights of {model.name} ({size(model.bytes)})."]
    return [f"Installed {model.name}, version {model.version}; use it with `twinsight search --method {model.name}`."]


def _export(arguments: argparse.Namespace) -> list[str]:
    return [f"wrote {printable(path)}" for path in export_model(arguments.name, arguments.out or Path())]


def _remove(arguments: argparse.Namespace) -> list[str]:
    return [f"Removed {remove_model(arguments.name).name}."]


def _download(arguments: argparse.Namespace) -> list[str]:
    wanted = find_download(arguments.name)
    print(f"{wanted.words} will be fetched over the network and kept at {printable(wanted.target)}.", file=sys.stderr)
    if not arguments.yes and not _agreed():
        return ["Nothing was fetched."]
    return [f"Installed the weights of {wanted.network} ({size(download(wanted).stat().st_size)})."]


def _agreed() -> bool:
    """Whether the person says yes; where nobody can be asked, nobody has."""
    if not sys.stdin.isatty():
        raise ModelError("nobody is here to ask: say --yes to fetch the weights.")
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
