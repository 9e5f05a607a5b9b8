"""The three presets, by their names and by what they promise."""

from __future__ import annotations

import pytest

from core.describing import base_method
from core.features import registry
from core.features.base import Kind
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
