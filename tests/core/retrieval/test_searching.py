"""Search by specifications and by words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core import models
from core.catalog import Catalog
from core.events import Done, MatchFound, Summary
from core.features import registry
from core.features.base import GlobalMethod
from core.features.clip import clip_method
from core.images import load
from core.records import MethodError, ModelError
from core.search import SearchOptions, search

Pixels = NDArray[np.uint8]


@pytest.fixture
def folder(tmp_path: Path, small: Mapping[str, Pixels], save: Callable[..., Path]) -> Path:
    for name, pixels in small.items():
        save(pixels, tmp_path / "library" / f"{name}.png")
    return tmp_path / "library"


def run(catalog: Catalog, folder: Path, queries: list[Path], **options: object) -> Summary:
    events = list(search(catalog, [folder], queries, SearchOptions(workers=1, **options)))  # type: ignore[arg-type]
    assert isinstance(events[-1], Done)
    summary = events[-1].summary
    assert len([event for event in events if isinstance(event, MatchFound)]) == sum(
        len(matches) for _, matches in summary.matches
    )
    return summary


@pytest.mark.parametrize(
    "method",
    [
        "hsv-histogram:intersection",
        "gray-histogram+orb@5",
        "twinsight-copy+pq@32",
        "pdq~hsv-histogram",
        "histogram-then-keypoints",
    ],
)
def test_a_small_copy_comes_first(
    method: str,
    catalog: Catalog,
    folder: Path,
    small: Mapping[str, Pixels],
    save: Callable[..., Path],
    tmp_path: Path,
) -> None:
    query = save(small["coffee"][::2, ::2], tmp_path / "query.png")

    ((path, matches),) = run(catalog, folder, [query], method=method, top=3).matches

    assert path == query
    assert len(matches) == 3
    assert matches[0].record.path.name == "coffee.png"
    assert all(match.score < 0.5 for match in matches)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


def test_a_picture_of_the_library_does_not_find_itself(catalog: Catalog, folder: Path) -> None:
    query = folder / "coffee.png"

    ((_, matches),) = run(catalog, folder, [query], method="pdq~gray-histogram").matches

    assert query not in {match.record.path for match in matches}


def test_words_search_with_a_clip_whose_weights_are_random(catalog: Catalog, folder: Path) -> None:
    from safetensors.torch import save_file

    weights = models.user_models_folder() / "ViT-S-32-alt.safetensors"
    weights.parent.mkdir(parents=True)
    save_file(clip_method("ViT-S-32-alt")(random_weights=True)._network.state_dict(), weights)
    run(catalog, folder, [folder / "coffee.png"], method="pdq")
    describe_here(catalog, folder, "clip-vit-s-32-alt")

    summary = run(catalog, folder, [], texts=("a cup of coffee", "a rocket"), method="clip-vit-s-32-alt", top=4)

    assert [str(path) for path, _ in summary.matches] == ["a cup of coffee", "a rocket"]
    assert all(len(matches) == 4 for _, matches in summary.matches)


def describe_here(catalog: Catalog, folder: Path, name: str) -> None:
    """Describe a library in this process: workers were started in the home folder of another test."""
    method = registry.create(name)
    assert isinstance(method, GlobalMethod)
    ids = {content.digest.hex(): content.id for content in catalog.contents([folder])}
    catalog.store_features(
        method.info.key,
        [
            (ids[record.content], method.describe(load(record.path, 512).pixels).astype("<f2").tobytes())
            for record in catalog.records([folder])
        ],
    )


def test_words_without_weights_say_what_to_do(catalog: Catalog, folder: Path) -> None:
    with pytest.raises(ModelError, match=r"the weights of ViT-B-32 are missing: put them at .*ViT-B-32\.safetensors"):
        run(catalog, folder, [], texts=("a cup of coffee",))


def test_words_need_a_method_that_reads_them(catalog: Catalog, folder: Path) -> None:
    with pytest.raises(MethodError, match="reads no words"):
        run(catalog, folder, [], texts=("a cup of coffee",), method="pdq")
