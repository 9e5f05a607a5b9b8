"""Chooses how matches are ranked: by the whole cascade, or by one method alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.choice_button import ChoiceButton

_CAPTION_WIDTH = 200


class MethodButton(ChoiceButton):
    """Offers "All evidence" at first; the methods join once somebody has listed them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sort", "", parent)
        self.setAccessibleName(self.tr("Method"))
        self.setToolTip(self.tr("Rank by all evidence, or by one method alone and without proof"))
        self._listed: list[tuple[str, str]] = []
        self._own: list[tuple[str, str]] = []
        self._offer()

    @property
    def method(self) -> str | None:
        """The name of a method, or None for the whole cascade."""
        return None if self.value is None else str(self.value)

    def offer_methods(self, methods: Sequence[tuple[str, str]]) -> None:
        """Offer methods by title and name, after the whole cascade."""
        self._listed = list(methods)
        self._offer()

    def use(self, title: str, method: str) -> None:
        """Choose a method; one that is put together from others is offered from now on."""
        if method not in [name for _, name in (*self._listed, *self._own)]:
            self._own.append((title, method))
            self._offer()
        self.choose(method)

    def caption(self, chosen: str) -> str:
        """Titles of fusions are long; the menu and the tooltip have all of them."""
        return self.fontMetrics().elidedText(chosen, Qt.TextElideMode.ElideMiddle, _CAPTION_WIDTH)

    def _offer(self) -> None:
        self.offer([(self.tr("All evidence"), None), *self._listed, *self._own])


def global_methods() -> list[tuple[str, str]]:
    """Title and name of every method that can rank alone and whose weights come along. For the desk."""
    from core.features.base import Kind
    from core.features.registry import methods

    return [(info.title, name) for name, info in methods().items() if info.kind is Kind.GLOBAL]
