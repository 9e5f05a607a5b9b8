"""Chooses the preset: how much a search or scan looks at, and what that costs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.choice_button import ChoiceButton
from core.presets import PRESETS


class PresetButton(ChoiceButton):
    """The presets of the engine by their titles, each explained by its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("settings", "", parent)
        self.setAccessibleName(self.tr("Thoroughness"))
        self.offer([(preset.title, name) for name, preset in PRESETS.items()])
        self.menu().setToolTipsVisible(True)
        for action in self.menu().actions():
            if action.data() in PRESETS:
                action.setToolTip(PRESETS[action.data()].description)
        self.chosen.connect(self._explain)
        self._explain()

    @property
    def preset(self) -> str:
        """Name of the preset."""
        return str(self.value)

    def set_preset(self, name: str) -> None:
        """Choose one; a name that no longer exists is passed over."""
        if name in PRESETS:
            self.choose(name)

    def _explain(self) -> None:
        chosen = PRESETS[self.preset]
        self.setToolTip(f"{chosen.title}: {chosen.description}")
