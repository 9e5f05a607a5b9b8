"""The words of the review: actions, decisions, keep rules, scopes and sums, as people read them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app import words
from core.review.rules import PRESETS, Rule, RuleKind, RuleSet
from core.review.values import Action
from core.scope import Mode, Scope


def files(count: int) -> str:
    """Files, counted ("1 file", "12 files")."""
    if count == 1:
        return _text("1 file")
    return _text("{count} files").format(count=words.number(count))


def going(count: int, size: int) -> str:
    """How many files would go ("12 files to go, 84 MiB")."""
    if not count:
        return _text("Nothing to go")
    return _text("{files} to go, {size}").format(files=files(count), size=words.size(size))


def action(value: Action) -> str:
    """What happens to the files, for a list of choices."""
    return {
        Action.TRASH: _text("Move to the trash"),
        Action.FOLDER: _text("Move to a folder"),
        Action.QUARANTINE: _text("Move to a quarantine beside the library"),
        Action.HARD_LINK: _text("Replace by hard links"),
        Action.REFLINK: _text("Replace by shared blocks (reflinks)"),
        Action.DELETE: _text("Delete for good"),
    }[value]


def action_hint(value: Action) -> str:
    """What an action means, in one line."""
    return {
        Action.TRASH: _text("The system's trash; a drive without one gets a quarantine."),
        Action.FOLDER: _text("Their folders are made again below the one you choose."),
        Action.QUARANTINE: _text("A hidden folder on the same drive; nothing is copied."),
        Action.HARD_LINK: _text("Names stay, the space is freed. Only for the same bytes on one drive."),
        Action.REFLINK: _text("Like hard links, but each file can be changed alone. Only on Btrfs, XFS and APFS."),
        Action.DELETE: _text("Cannot be undone, unless the same bytes are still there."),
    }[value]


def do(value: Action, count: int) -> str:
    """The main button of the summary ("Move 12 files to the trash")."""
    pattern = {
        Action.TRASH: _text("Move {files} to the trash"),
        Action.FOLDER: _text("Move {files} to the folder"),
        Action.QUARANTINE: _text("Move {files} to the quarantine"),
        Action.HARD_LINK: _text("Replace {files} by hard links"),
        Action.REFLINK: _text("Replace {files} by reflinks"),
        Action.DELETE: _text("Delete {files} for good"),
    }[value]
    return pattern.format(files=files(count))


def done(value: Action, count: int) -> str:
    """What was done ("12 files moved to the trash")."""
    pattern = {
        Action.TRASH: _text("{files} moved to the trash"),
        Action.FOLDER: _text("{files} moved to the folder"),
        Action.QUARANTINE: _text("{files} moved to the quarantine"),
        Action.HARD_LINK: _text("{files} replaced by hard links"),
        Action.REFLINK: _text("{files} replaced by reflinks"),
        Action.DELETE: _text("{files} deleted for good"),
    }[value]
    return pattern.format(files=files(count))


def nothing_goes() -> str:
    """A group of which nothing is chosen."""
    return _text("nothing to go")


def some_go(count: int, of: int) -> str:
    """How much of a group goes ("2 of 3 go")."""
    return _text("{count} of {of} go").format(count=words.number(count), of=words.number(of))


def keep() -> str:
    """The fate of a file that stays."""
    return _text("keep")


def remove() -> str:
    """The fate of a file that goes."""
    return _text("remove")


def action_done(value: Action) -> str:
    """What happens to one file, in a table."""
    return {
        Action.TRASH: _text("to the trash"),
        Action.FOLDER: _text("to the folder"),
        Action.QUARANTINE: _text("to the quarantine"),
        Action.HARD_LINK: _text("becomes a hard link"),
        Action.REFLINK: _text("becomes a reflink"),
        Action.DELETE: _text("deleted for good"),
    }[value]


def goes_along(name: str) -> str:
    """Why a companion goes."""
    return _text("belongs to {name}").format(name=name)


def merged() -> str:
    """A file that stays took metadata over."""
    return _text("took metadata over")


def stayed() -> str:
    """A file that was asked to go is still there."""
    return _text("stayed")


def stays(reason: str) -> str:
    """Why a file would not go."""
    return _text("stays: {reason}").format(reason=reason)


def back_again() -> str:
    """A file was restored."""
    return _text("back in its place")


def as_before() -> str:
    """The metadata that a file took over were taken out again."""
    return _text("metadata as before")


def back(count: int) -> str:
    """Files were restored ("12 files are back in their places")."""
    if count == 1:
        return _text("1 file is back in its place")
    return _text("{files} are back in their places").format(files=files(count))


def nothing_done() -> str:
    """Nothing was moved."""
    return _text("No file was moved")


def cut_off() -> str:
    """A clean-up that did not come to its end."""
    return _text("cut off")


def undone(when: str) -> str:
    """A clean-up that was taken back."""
    return _text("undone {when}").format(when=when)


def can_be_undone() -> str:
    """A clean-up that stands."""
    return _text("can be undone")


def decisions(count: int) -> str:
    """Decisions, counted."""
    if count == 1:
        return _text("1 decision")
    return _text("{count} decisions").format(count=words.number(count))


def noted(kind: str) -> str:
    """What a decision means from now on, in one sentence."""
    return {
        "duplicate": _text("Noted: they are duplicates. The next scan takes them for copies."),
        "not-duplicate": _text("Noted: not duplicates. No scan will pair them again."),
        "keep-both": _text("Noted: keep both. The group comes back only when a file joins it."),
        "alternate": _text("Noted: other shots. The group comes back only when a file joins it."),
    }.get(kind, "")


def decision(kind: str) -> str:
    """What was said, for a chip."""
    return {
        "duplicate": _text("duplicates"),
        "not-duplicate": _text("not duplicates"),
        "keep-both": _text("keep both"),
        "alternate": _text("other shots"),
    }.get(kind, kind)


def rule(value: Rule) -> str:
    """A keep rule in words ("Lies in this folder: /home/me/Best")."""
    name = rule_kind(value.kind)
    return f"{name}: {value.value}" if value.value else name


def rule_kind(kind: RuleKind) -> str:
    """A kind of keep rule in words."""
    return {
        RuleKind.COVERS_MOST: _text("Shows most of the scene"),
        RuleKind.PROTECTED: _text("Lies in a protected folder"),
        RuleKind.MOST_PIXELS: _text("Has the most pixels"),
        RuleKind.LEAST_COMPRESSED: _text("Is the least compressed"),
        RuleKind.ORIGINAL_FORMAT: _text("Has its original format"),
        RuleKind.RICHEST_METADATA: _text("Has the richest metadata"),
        RuleKind.FOLDER: _text("Lies in this folder"),
        RuleKind.OLDEST: _text("Is the oldest file"),
        RuleKind.NEWEST: _text("Is the newest file"),
        RuleKind.SHORTEST_NAME: _text("Has the shortest name"),
        RuleKind.PATTERN: _text("Has a path that matches"),
    }[kind]


def preset(name: str) -> str:
    """The name of a rule set, as a button shows it; a person's own name stays as it is."""
    return {
        "best": _text("Best quality"),
        "originals": _text("Originals first"),
        "oldest": _text("Oldest file"),
        "newest": _text("Newest file"),
        "quick": _text("Quick: read no files"),
    }.get(name, name)


def rule_set(value: RuleSet, saved: dict[str, RuleSet]) -> str:
    """The name that these rules go by, or that they are the person's own."""
    for name, known in (*PRESETS.items(), *saved.items()):
        if known.rules == value.rules:
            return preset(name)
    return _text("Own rules")


def scope(value: Scope) -> str:
    """Which files count as copies of each other."""
    if value.mode is Mode.AGAINST:
        names = ", ".join(folder.name or str(folder) for folder in value.reference)
        return _text("Against {folder}").format(folder=names)
    return {
        Mode.ALL: _text("All against all"),
        Mode.OTHER_FOLDERS: _text("Not within one folder"),
        Mode.SAME_FOLDER: _text("Only within one folder"),
    }[value.mode]


def _text(source: str) -> str:
    return QCoreApplication.translate("review", source)
