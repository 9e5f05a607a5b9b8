"""Weights from a hub: what would be fetched, who is asked, and what happens without a connection.

There is no network in tests, so the hub's part is played by networks with random weights.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.__main__ import main
from core import models
from core._open_clip import import_timm
from core.features import registry
from core.model_download import Download, download, fetch, find_download
from core.records import ModelError


@pytest.mark.parametrize(
    ("name", "network", "library", "tag"),
    [
        ("resnet50-rmac", "resnet50", "timm", ""),
        ("dino-vit-small", "vit_small_patch16_224.dino", "timm", ""),
        ("clip-vit-b-32-openai", "ViT-B-32-quickgelu", "open_clip", "openai"),
        ("clip-vit-b-32", "ViT-B-32", "open_clip", "openai"),
        ("convnext_tiny", "convnext_tiny", "timm", ""),
    ],
)
def test_what_would_be_fetched(name: str, network: str, library: str, tag: str) -> None:
    found = find_download(name)

    assert (found.network, found.library, found.tag) == (network, library, tag)
    assert found.target == models.user_models_folder() / f"{network}.safetensors"
    assert not found.target.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [("nonsense", "neither timm nor open_clip"), ("vlad", "needs no weights")],
)
def test_what_no_hub_has(name: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        find_download(name)


def test_without_a_connection_there_is_one_sentence() -> None:
    with pytest.raises(ModelError, match=r"resnet18 could not be fetched .* put them at .*resnet18\.safetensors"):
        fetch(find_download("resnet18"))


def test_the_process_that_fetches_says_what_went_wrong(tmp_path: Path) -> None:
    nothing = Download("no_such_network", "timm", "", tmp_path / "no_such_network.safetensors")

    with pytest.raises(ModelError, match="no_such_network could not be fetched"):
        download(nothing)

    assert not list(tmp_path.iterdir())


def test_what_was_fetched_is_used_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    timm = import_timm()
    create = timm.create_model
    monkeypatch.setattr(timm, "create_model", lambda name, pretrained, **more: create(name, pretrained=False, **more))

    fetch(find_download("resnet18"))

    path = find_download("resnet18").target
    assert path.is_file()
    assert registry.create("resnet18").info.name == "resnet18"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_nobody_is_asked_in_vain(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main(["models", "download", "resnet18"]) == 1

    error = capsys.readouterr().err
    assert "will be fetched over the network" in error
    assert "say --yes" in error
