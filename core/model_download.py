"""Weights from the hubs that timm and open_clip themselves use: only after a person was asked, and never needed.

Twinsight itself refuses connections (``core.offline``). Fetching happens in a process of its own, which lives only for
that.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from core import models
from core._open_clip import import_open_clip, import_timm, quietly
from core.features import registry
from core.offline import permitted
from core.records import ModelError

if TYPE_CHECKING:
    import torch

_PREFERRED = ("openai", "laion2b_s34b_b79k")
"""Weights of open_clip that are taken before its others."""
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@dataclass(frozen=True, slots=True)
class Download:
    """What would be fetched.

    Attributes:
        network: The name of the network, which the file gets.
        library: "timm" or "open_clip".
        tag: Which of the weights of the network.
        target: Where they will be kept.
    """

    network: str
    library: str
    tag: str
    target: Path

    @property
    def words(self) -> str:
        """What it is, for the person who is asked."""
        tag = f", trained as {self.tag}" if self.tag else ""
        return f"The weights of {self.network} of {self.library}{tag}"


def find_download(name: str) -> Download:
    """What has to be fetched for a method; nothing is fetched yet.

    Args:
        name: A method whose weights are missing ("clip-vit-b-32"), or a network of timm or open_clip.

    Raises:
        ModelError: No hub has such weights.
    """
    network = _network_of(name)
    target = models.user_models_folder() / f"{network}.safetensors"
    timm = import_timm()
    if timm.is_model(network):
        if not timm.is_model_pretrained(network):
            raise ModelError(f"timm knows no weights of {network}: put some at {target}")
        return Download(network, "timm", "", target)
    open_clip = import_open_clip()
    if network not in open_clip.list_models():
        raise ModelError(f"neither timm nor open_clip has a network that is called {network!r}")
    tags = open_clip.list_pretrained_tags_by_model(network)
    tag = next((tag for tag in (*_PREFERRED, *reversed(tags)) if tag in tags), None)
    if tag is None:
        raise ModelError(f"open_clip knows no weights of {network}: put some at {target}")
    return Download(network, "open_clip", tag, target)


def _network_of(name: str) -> str:
    """The network of a method; of a network itself its own name."""
    for kind in registry.kinds():
        if vars(kind)["info"].name == name:
            network = getattr(kind, "model", None)
            if not isinstance(network, str):
                raise ModelError(f"{name} needs no weights from a hub")
            return network
    return name


def download(wanted: Download) -> Path:
    """Fetch weights in a process that may use the network; the library shows its own progress there.

    Returns:
        Where they are.

    Raises:
        ModelError: There is no connection, or no room.
        TwinsightError: The setting forbids the network.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_fetch_in_child, args=(wanted, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        reason = ours.recv()
    except EOFError:
        reason = f"the weights of {wanted.network} could not be fetched: the process that fetches them ended at once"
    finally:
        process.join()
    if reason:
        raise ModelError(reason)
    return wanted.target


def _fetch_in_child(wanted: Download, pipe: Connection) -> None:
    """Fetch, and say nothing where it went well."""
    for variable in _OFFLINE:
        os.environ.pop(variable, None)
    try:
        fetch(wanted)
    except ModelError as error:
        pipe.send(str(error))
    else:
        pipe.send("")


def fetch(wanted: Download) -> None:
    """Fetch weights in this process, and keep them whole or not at all.

    Raises:
        ModelError: There is no connection, or no room.
    """
    from safetensors.torch import save_file

    try:
        with permitted(wanted.words):
            network = _fetched(wanted)
        entries = {name: entry.contiguous() for name, entry in network.state_dict().items()}
        wanted.target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=wanted.target.parent, prefix="downloading-") as folder:
            fresh = Path(folder) / wanted.target.name
            save_file(entries, fresh)
            fresh.replace(wanted.target)
    except (OSError, RuntimeError, ValueError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"the weights of {wanted.network} could not be fetched ({first}): check the connection, or put them at"
            f" {wanted.target}"
        ) from error


def _fetched(wanted: Download) -> torch.nn.Module:
    with quietly():
        if wanted.library == "timm":
            network: torch.nn.Module = import_timm().create_model(wanted.network, pretrained=True)
        else:
            network = import_open_clip().create_model(wanted.network, pretrained=wanted.tag)
    return network
