"""The three presets, by their names and by what they promise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.describing import base_method
from core.features import registry
from core.features.base import Kind
from core.preset_names import named
from core.presets import PRESETS, preset
from core.records import MethodError


def test_there_are_three_presets_from_fast_to_thorough() -> None:
    assert list(PRESETS) == ["fast", "balanced", "thorough"]
    assert [preset(name).title for name in PRESETS] == ["Fast", "Balanced", "Thorough"]
    assert all(preset(name).description.endswith(".") for name in PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_needs_only_methods_that_every_install_has(name: str) -> None:
    known = registry.methods()

    assert {base_method(method) for method in preset(name).methods} <= set(known)
    assert all(known[method].kind is Kind.LOCAL for method in preset(name).verifiers)
    assert "pdq" in preset(name).methods


def test_each_preset_does_all_that_the_one_before_it_does() -> None:
    fast, balanced, thorough = PRESETS.values()

    assert set(fast.methods) < set(balanced.methods) < set(thorough.methods)
    assert fast.verifiers == ()
    assert set(balanced.verifiers) < set(thorough.verifiers)
    assert thorough.threshold <= balanced.threshold


@pytest.mark.parametrize(("name", "hint"), [("ballanced", "did you mean balanced"), ("x", "fast, balanced, thorough")])
def test_an_unknown_preset_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(MethodError, match=f"There is no preset '{name}'; .*{hint}"):
        preset(name)


def test_another_descriptor_takes_the_place_of_the_presets_own() -> None:
    changed = named("thorough:efficientnet-lite0")

    assert changed.methods == ("pdq", "efficientnet-lite0")
    assert changed.region_threshold is None, "it describes no regions"
    assert (changed.name, changed.title) == ("thorough:efficientnet-lite0", "Thorough")
    assert named("thorough:twinsight-copy").region_threshold == pytest.approx(preset("thorough").region_threshold)


def test_a_measured_descriptor_brings_thresholds_that_say_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    own = registry.info("twinsight-copy")
    monkeypatch.setattr(registry, "info", lambda name: replace(own, name=name, threshold=0.69))

    assert named("balanced:mine").threshold == pytest.approx(0.69)
    assert named("thorough:mine").region_threshold == pytest.approx(0.68)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("fast:twinsight-copy", "uses no descriptor"),
        ("balanced:orb", "no learned descriptor"),
        ("balanced:nothing-of-this-name", "no method is called"),
        ("ballanced:twinsight-copy", "did you mean balanced"),
    ],
)
def test_what_cannot_nominate_is_refused(name: str, reason: str) -> None:
    with pytest.raises(MethodError, match=reason):
        named(name)
