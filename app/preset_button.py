"""Chooses the preset: how much a search or scan looks at, by which descriptor, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from app.choice_button import ChoiceButton
from core.presets import PRESETS, Preset, base_name

_CAPTION_WIDTH = 200


class PresetButton(ChoiceButton):
    """The presets of the engine by their titles, each explained by its tooltip.

    Those that use a descriptor are offered with each of the user's own descriptors too, once somebody has listed them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("settings", "", parent)
        self.setAccessibleName(self.tr("Thoroughness"))
        self.menu().setToolTipsVisible(True)
        self._own: tuple[str, ...] = ()
        self._wish = ""
        self._offer()
        self.chosen.connect(self._settle)
        self._settle()

    @property
    def preset(self) -> str:
        """Name of the preset, with that of the descriptor where it is another than the preset's own."""
        return str(self.value)

    def set_preset(self, name: str) -> None:
        """Choose one; of a descriptor that is not listed, or not yet, the preset with its own descriptor."""
        offered = [value for _, value in self._choices()]
        known = name if name in offered else base_name(name)
        if known in offered:
            self.choose(known)
            self._wish = "" if known == name else name

    @Slot(list)
    def offer_descriptors(self, names: Sequence[str]) -> None:
        """Offer the user's own descriptors; one that was chosen before it was listed is chosen now."""
        wish = self._wish or self.preset
        self._own = tuple(names)
        if self.preset not in [value for _, value in self._choices()]:
            # Without its descriptor a preset is itself again, not the first of all.
            self.choose(base_name(self.preset))
        self._offer()
        self.set_preset(wish)
        self._wish = ""

    def caption(self, chosen: str) -> str:
        """Models may have long names; the menu and the tooltip have all of them."""
        return self.fontMetrics().elidedText(chosen, Qt.TextElideMode.ElideMiddle, _CAPTION_WIDTH)

    def _choices(self) -> list[tuple[str, str]]:
        choices = [(preset.title, name) for name, preset in PRESETS.items()]
        for descriptor in self._own:
            choices += [
                (self._title(preset, descriptor), preset.name_by(descriptor))
                for preset in PRESETS.values()
                if preset.descriptor is not None
            ]
        return choices

    def _title(self, preset: Preset, descriptor: str) -> str:
        return self.tr("{preset}, by {descriptor}").format(preset=preset.title, descriptor=descriptor)

    def _offer(self) -> None:
        self.offer([*self._choices()])
        for action in self.menu().actions():
            if action.data() is not None:
                action.setToolTip(self._explanation(action.data()))

    def _explanation(self, name: str) -> str:
        chosen = PRESETS[base_name(name)]
        if name == chosen.name:
            return chosen.description
        return self.tr("{description} Pictures are described by your own model.").format(description=chosen.description)

    @Slot()
    def _settle(self) -> None:
        self._wish = ""
        title = next(title for title, name in self._choices() if name == self.preset)
        self.setToolTip(f"{title}: {self._explanation(self.preset)}")


def own_descriptors() -> list[str]:
    """The names of the descriptors that the user trained, adapted or imported. For the desk."""
    from core.model_store import installed_models

    return [model.name for model in installed_models() if model.kind == "descriptor" and not model.shipped]
