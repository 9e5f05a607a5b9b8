"""Every key of the window in one table: the window takes its actions from it, the help shows it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

_NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One thing that keys do.

    Attributes:
        name: The action's name in the code; empty for keys that a view handles itself.
        section: Where the help lists it.
        text: What it does, as a menu writes it.
        keys: Key sequences; the first is the one that menus show.
    """

    name: str
    section: str
    text: str
    keys: tuple[str, ...]

    def sequences(self) -> list[QKeySequence]:
        """The keys as Qt knows them."""
        return [QKeySequence(keys) for keys in self.keys]

    @property
    def label(self) -> str:
        """The keys as this platform writes them."""
        return "   ".join(QKeySequence(keys).toString(_NATIVE) or keys for keys in self.keys)


SHORTCUTS = (
    Shortcut("add_folder", "Library", "Add folder …", ("Ctrl+O",)),
    Shortcut("rescan", "Library", "Look for new and changed pictures", ("F5",)),
    Shortcut("remove_folder", "Library", "Remove folder from the library", ()),
    Shortcut("find", "Search", "Go to the query box", ("Ctrl+F",)),
    Shortcut("open_pictures", "Search", "Search with pictures …", ("Ctrl+Shift+O",)),
    Shortcut("paste", "Search", "Search with the clipboard", ("Ctrl+V",)),
    Shortcut("search_part", "Search", "Search with a part of the query …", ("Ctrl+R",)),
    Shortcut("history_back", "Search", "Earlier search, or back from Compare", ("Alt+Left",)),
    Shortcut("history_forward", "Search", "Later search", ("Alt+Right",)),
    Shortcut("next_query", "Search", "Next query", ("Ctrl+Down",)),
    Shortcut("previous_query", "Search", "Previous query", ("Ctrl+Up",)),
    Shortcut("clear_queries", "Search", "Clear the queries", ("Ctrl+L",)),
    Shortcut("find_duplicates", "Duplicates", "Find duplicates", ("Ctrl+D",)),
    Shortcut("open_group", "Duplicates", "Open the group as a contact sheet", ("Ctrl+Return",)),
    Shortcut("", "Duplicates", "Next or previous group, weakest pair", ("]", "[", "W")),
    Shortcut("", "Duplicates", "Split a picture off its group", ("Del",)),
    Shortcut("", "Review", "Keep, remove this file", ("K", "X", "Del")),
    Shortcut("", "Review", "Keep only this file", ("O",)),
    Shortcut("", "Review", "Keep both (all of the group)", ("B",)),
    Shortcut("", "Review", "Not a duplicate", ("N",)),
    Shortcut("", "Review", "Other shot, duplicate", ("A", "D")),
    Shortcut("", "Review", "Undo the last step", ("U", "Ctrl+Z")),
    Shortcut("", "Review", "Next or previous group", ("Down", "Up")),
    Shortcut("clean_up", "Review", "Clean up …", ("F8",)),
    Shortcut("clean_ups", "Review", "Clean-ups and undo …", ()),
    Shortcut("decisions", "Review", "Decisions …", ()),
    Shortcut("export", "Results", "Export as CSV …", ("Ctrl+E",)),
    Shortcut("", "Results", "Compare", ("Return",)),
    Shortcut("", "Results", "Quick look", ("Space",)),
    Shortcut("", "Results", "Copy path", ("Ctrl+C",)),
    Shortcut("", "Results", "Larger or smaller thumbnails", ("Ctrl + wheel",)),
    Shortcut("next_pair", "Compare", "Next pair", ("Alt+Down",)),
    Shortcut("previous_pair", "Compare", "Previous pair", ("Alt+Up",)),
    Shortcut("back", "Compare", "Back to the results", ("Esc",)),
    Shortcut("", "Compare", "Next or previous pair", ("PgDown", "PgUp", "]", "[")),
    Shortcut("", "Compare", "Lines, swipe, blink, blend, difference", ("1", "2", "3", "4", "5")),
    Shortcut("", "Compare", "Side by side, inspect both files", ("6", "7")),
    Shortcut("", "Compare", "Larger, smaller", ("+", "=", "-")),
    Shortcut("", "Compare", "Fit, pixel for pixel", ("0", "Z")),
    Shortcut("", "Compare", "Lock the two views together", ("L",)),
    Shortcut("", "Compare", "Swap A and B", ("S",)),
    Shortcut("", "Compare", "Show rejected keypoints, outlines", ("R", "O")),
    Shortcut("", "Compare", "Pause blinking", ("P",)),
    Shortcut("", "Compare", "Save or copy the picture", ("Ctrl+S", "Ctrl+C")),
    Shortcut("page_search", "Window", "Search", ("Alt+1",)),
    Shortcut("page_duplicates", "Window", "Duplicates", ("Alt+2",)),
    Shortcut("page_review", "Window", "Review", ("Alt+3",)),
    Shortcut("page_compare", "Window", "Compare", ("Alt+4",)),
    Shortcut("page_methods", "Window", "Methods", ("Alt+5",)),
    Shortcut("library_panel", "Window", "Library panel", ("F9",)),
    Shortcut("inspector_panel", "Window", "Inspector", ("F10",)),
    Shortcut("pause", "Window", "Pause or resume the job", ("Ctrl+P",)),
    Shortcut("cancel", "Window", "Cancel the job", ("Ctrl+.",)),
    Shortcut("theme", "Window", "Light or dark", ("Ctrl+Shift+D",)),
    Shortcut("help", "Window", "Keyboard shortcuts", ("F1",)),
    Shortcut("quit", "Window", "Quit", ("Ctrl+Q",)),
)


def shortcut(name: str) -> Shortcut:
    """The shortcut of an action.

    Raises:
        KeyError: No action has that name.
    """
    for candidate in SHORTCUTS:
        if candidate.name == name:
            return candidate
    raise KeyError(name)


def sections() -> dict[str, list[Shortcut]]:
    """What the help lists, by section: what has keys."""
    result: dict[str, list[Shortcut]] = {}
    for entry in SHORTCUTS:
        if entry.keys:
            result.setdefault(entry.section, []).append(entry)
    return result
