"""What the window remembers from one start to the next: one ini file, read and written here only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings

from app.theme import Mode
from core.records import Relation, ReviewError
from core.review.rules import DEFAULT, PRESETS, Rule, RuleSet

DEFAULT_TOP = 20
DEFAULT_PRESET = "balanced"


def default_settings_path() -> Path:
    """The ini file of this user, in the platform's folder for settings."""
    import platformdirs

    return platformdirs.user_config_path("twinsight", appauthor=False) / "window.ini"


class Settings(QObject):
    """The remembered state of the window; a value that makes no sense reads as its default.

    Args:
        path: The ini file; it need not exist.
        parent: The Qt owner.
    """

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> Mode:
        """Light, dark, or as the system says."""
        value = self._text("theme")
        return Mode(value) if value in set(Mode) else Mode.SYSTEM

    @theme.setter
    def theme(self, mode: Mode) -> None:
        self._store.setValue("theme", mode.value)

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window, as Qt encodes them; empty at first."""
        return self._bytes("geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    @property
    def panels(self) -> QByteArray:
        """Widths of the panels, as Qt encodes them; empty at first."""
        return self._bytes("panels")

    @panels.setter
    def panels(self, value: QByteArray) -> None:
        self._store.setValue("panels", value)

    @property
    def library_shown(self) -> bool:
        """Whether the library panel is open."""
        return self._flag("library_shown", True)

    @library_shown.setter
    def library_shown(self, shown: bool) -> None:
        self._store.setValue("library_shown", shown)

    @property
    def inspector_shown(self) -> bool:
        """Whether the inspector is open."""
        return self._flag("inspector_shown", True)

    @inspector_shown.setter
    def inspector_shown(self, shown: bool) -> None:
        self._store.setValue("inspector_shown", shown)

    @property
    def page(self) -> str:
        """The page that was open; empty at first."""
        return self._text("page")

    @page.setter
    def page(self, name: str) -> None:
        self._store.setValue("page", name)

    @property
    def top(self) -> int:
        """How many matches a search shows."""
        return min(1000, self._whole("top")) or DEFAULT_TOP

    @top.setter
    def top(self, count: int) -> None:
        self._store.setValue("top", str(count))

    @property
    def preset(self) -> str:
        """Name of the preset for searches and scans."""
        return self._text("preset") or DEFAULT_PRESET

    @preset.setter
    def preset(self, name: str) -> None:
        self._store.setValue("preset", name)

    @property
    def results_side(self) -> int:
        """Side of the pictures on the Search page, or 0 where none was chosen."""
        return self._whole("results_side")

    @results_side.setter
    def results_side(self, side: int) -> None:
        self._store.setValue("results_side", str(side))

    @property
    def groups_side(self) -> int:
        """Side of the pictures on the Duplicates page, or 0 where none was chosen."""
        return self._whole("groups_side")

    @groups_side.setter
    def groups_side(self, side: int) -> None:
        self._store.setValue("groups_side", str(side))

    @property
    def left_out(self) -> frozenset[Path]:
        """Libraries that searches and scans leave out."""
        return frozenset(Path(text) for text in self._list("left_out"))

    @left_out.setter
    def left_out(self, folders: Iterable[Path]) -> None:
        self._store.setValue("left_out", sorted(str(folder) for folder in folders))

    @property
    def watched(self) -> frozenset[Path]:
        """Libraries that are watched for changes."""
        return frozenset(Path(text) for text in self._list("watched"))

    @watched.setter
    def watched(self, folders: Iterable[Path]) -> None:
        self._store.setValue("watched", sorted(str(folder) for folder in folders))

    @property
    def review_rules(self) -> RuleSet:
        """The keep rules of the review; those of the default preset where none were chosen or they make no sense."""
        try:
            rules = tuple(Rule.parse(text) for text in self._list("review_rules"))
            also = frozenset(Relation(text) for text in self._list("review_also"))
            return RuleSet(rules, also) if rules else PRESETS[DEFAULT]
        except (ReviewError, ValueError):
            return PRESETS[DEFAULT]

    @review_rules.setter
    def review_rules(self, rules: RuleSet) -> None:
        self._store.setValue("review_rules", [str(rule) for rule in rules.rules])
        self._store.setValue("review_also", sorted(rules.also))

    def folder(self, purpose: str) -> str:
        """The folder last used for a purpose ("library", "query", "export"); empty at first."""
        return self._text(f"folder/{purpose}")

    def set_folder(self, purpose: str, folder: Path) -> None:
        """Remember the folder used for a purpose."""
        self._store.setValue(f"folder/{purpose}", str(folder))

    def save(self) -> None:
        """Write the file now."""
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""

    def _whole(self, key: str) -> int:
        value = self._text(key)
        return int(value) if value.isdecimal() and len(value) < 6 else 0

    def _flag(self, key: str, default: bool) -> bool:
        value = self._store.value(key, default)
        return value if isinstance(value, bool) else str(value).lower() != "false"

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def _list(self, key: str) -> list[str]:
        value = self._store.value(key, [])
        if isinstance(value, str):
            return [value] if value else []
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
