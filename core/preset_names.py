"""The preset that a name stands for: one of the three ("balanced"), or one by another descriptor ("balanced:mine")."""

from __future__ import annotations

from core.features import registry
from core.presets import Preset, base_name, descriptor_name, preset


def named(name: str) -> Preset:
    """The preset of a name, or of a name and a descriptor to use with it.

    Raises:
        MethodError: There is no such preset or descriptor, or they do not go together.
    """
    chosen, descriptor = preset(base_name(name)), descriptor_name(name)
    return chosen.by(registry.info(descriptor)) if descriptor else chosen
