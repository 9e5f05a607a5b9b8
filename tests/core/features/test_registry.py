"""The registry finds methods by looking into the folder and helps with misspelled names."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.features import registry
from core.features.base import GlobalMethod, Kind, LocalMethod, MethodInfo
from core.records import MethodError


def test_the_methods_of_the_presets_are_there() -> None:
    assert {"pdq", "orb", "sift", "efficientnet-lite0", "gray-histogram"} <= set(registry.methods())


def test_methods_are_sorted_by_name() -> None:
    names = list(registry.methods())
    assert names == sorted(names)


def test_listing_the_methods_imports_nothing_heavy() -> None:
    code = (
        "import sys; from core.features.registry import methods; methods();"
        "heavy = ('torch', 'onnxruntime', 'faiss', 'sklearn', 'scipy', 'skimage', 'timm', 'open_clip');"
        "print([name for name in heavy if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(("name", "kind"), [("pdq", GlobalMethod), ("orb", LocalMethod)])
def test_a_method_is_made_by_its_name(name: str, kind: type) -> None:
    method = registry.create(name)
    assert isinstance(method, kind)
    assert method.info.name == name


def test_a_misspelled_name_gets_the_nearest_one() -> None:
    with pytest.raises(MethodError, match="'pdk': did you mean 'pdq'"):
        registry.create("pdk")


def test_an_outlandish_name_gets_the_whole_list() -> None:
    with pytest.raises(MethodError, match=r"choose one of .*orb.*sift"):
        registry.create("zzzzzzzz")


def test_a_method_that_is_not_available_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent:
        info = registry.methods()["pdq"]

        @staticmethod
        def available() -> bool:
            return False

    monkeypatch.setattr(registry, "_classes", lambda: (Absent,))
    monkeypatch.setattr(registry, "_found", lambda: iter(()))
    assert registry.methods() == {}
    with pytest.raises(MethodError):
        registry.create("pdq")


def test_the_key_of_stored_work_names_method_and_version() -> None:
    info: MethodInfo = registry.methods()["sift"]
    assert info.key == f"sift@{info.version}"
    assert info.kind is Kind.LOCAL
