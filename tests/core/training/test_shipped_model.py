"""The model that ships is the one its manifest describes, and it finds copies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resources
from core.edits import apply
from core.features import registry
from core.features.base import LocalMethod
from core.matching import View, verify
from core.training.export import open_model, run_model
from core.training.regions import REGIONS
from core.training.samples import squared

pytest.importorskip("onnxruntime")
data = pytest.importorskip("skimage.data")

_FOLDER = Path(resources.__file__).parent / "models"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    values: dict[str, Any] = json.loads((_FOLDER / "twinsight-copy.json").read_text(encoding="utf-8"))
    return values


def test_the_manifest_is_of_this_file(manifest: dict[str, Any]) -> None:
    model = (_FOLDER / manifest["file"]).read_bytes()
    assert hashlib.sha256(model).hexdigest() == manifest["sha256"]
    assert len(model) == manifest["bytes"] < 10_000_000
    assert np.allclose(manifest["regions"], REGIONS, atol=1e-5)
    assert manifest["sha256"] in (_FOLDER / "twinsight-copy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["delf", "lift"])
def test_keypoints_that_ship_are_those_of_their_card_and_find_a_copy(name: str) -> None:
    said = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    model = (_FOLDER / said["file"]).read_bytes()
    assert hashlib.sha256(model).hexdigest() == said["sha256"]
    assert said["sha256"] in (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    pictures = [data.chelsea(), data.coffee()]
    edited = apply("rotate-small", pictures[0], np.random.default_rng(2))
    method = registry.create(name)
    assert isinstance(method, LocalMethod)
    views = [
        View(each.shape[1], each.shape[0], method.detect(each), method.info.metric)
        for each in [edited.pixels, *pictures]
    ]
    assert verify(views[1], views[0]).accepted
    assert not verify(views[2], views[0]).accepted


def test_all_models_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in _FOLDER.glob("*.onnx")) < 10_000_000


@pytest.mark.parametrize("name", ["crop-half", "turn-90", "mirror", "grey", "meme", "rotate-large", "chain-3"])
def test_a_copy_is_nearer_than_any_other_picture(manifest: dict[str, Any], name: str) -> None:
    pictures = [data.astronaut(), data.chelsea(), data.coffee(), data.rocket()]
    copy = apply(name, pictures[1], np.random.default_rng(4)).pixels
    session = open_model(_FOLDER / manifest["file"])
    whole, _ = run_model(session, np.stack([squared(each, manifest["side"]) for each in [copy, *pictures]]))
    similarity = whole[1:] @ whole[0]
    assert similarity.argmax() == 1
    assert similarity[1] > 0.5
    assert np.delete(similarity, 1).max() < 0.4


def test_a_region_of_a_collage_finds_its_picture(manifest: dict[str, Any]) -> None:
    pictures = [data.astronaut(), data.chelsea(), data.coffee(), data.rocket()]
    collage = apply("collage-2x2", pictures[0], np.random.default_rng(0), pictures[1:]).pixels
    session = open_model(_FOLDER / manifest["file"])
    whole, regions = run_model(session, np.stack([squared(each, manifest["side"]) for each in [collage, *pictures]]))
    best = (regions[0] @ whole[1:].T).max(0)
    assert np.all(best > 0.5)
