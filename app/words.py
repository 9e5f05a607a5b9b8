"""Numbers, sizes, dates and short phrases as the person's locale writes them.

Every phrase is plural-safe and translatable: the singular and the plural are two source strings, so that
English needs no translation file and languages without plurals give the same text twice.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from core.records import Evidence, ImageRecord, Match, Relation
from core.relations import WHOLE

_SMALL_DIGITS = 10.0
_TURN_SHOWN_FROM = 2.0
_DOT = " · "


def locale() -> QLocale:
    """The application's locale; international English where the environment names none.

    The C locale writes 12431 and US dates; nobody who reads a window wants that.
    """
    current = QLocale()
    if current.language() == QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.World)
    return current


def number(value: int) -> str:
    """A whole number with the locale's separators ("12,431")."""
    return locale().toString(value)


def decimal(value: float, digits: int = 1) -> str:
    """A number with a fixed count of decimals ("4.2")."""
    return locale().toString(float(value), "f", digits)


def score(value: float) -> str:
    """A score in [0, 1] with two decimals; never rounded up to a full 1.00."""
    shown = value if value >= 1.0 else min(value, 0.99)
    return decimal(max(0.0, shown), 2)


def percent(share: float) -> str:
    """A share in [0, 1] as a whole percentage ("62%"); a part never reads as nothing or all."""
    whole = round(share * 100)
    if 0.0 < share < 1.0:
        whole = min(99, max(1, whole))
    return f"{number(whole)}{locale().percent()}"


def size(count: int) -> str:
    """Bytes in binary units, two digits where they tell something ("2.1 MiB", "84 MiB")."""
    if count == 1:
        return QCoreApplication.translate("words", "1 byte")
    digits = 1 if _leading(count) < _SMALL_DIGITS else 0
    return locale().formattedDataSize(count, digits, QLocale.DataSizeFormat.DataSizeIecFormat)


def _leading(count: int) -> float:
    """The number before the unit; large for plain bytes, which have no decimals."""
    if count < 1024:
        return _SMALL_DIGITS
    value = float(count)
    while value >= 1024:
        value /= 1024
    return round(value, 1)


def date(seconds: float) -> str:
    """Seconds since the epoch as a date and time in the locale's short form."""
    moment = QDateTime.fromMSecsSinceEpoch(int(seconds * 1000))
    return locale().toString(moment, QLocale.FormatType.ShortFormat)


def dimensions(width: int, height: int) -> str:
    """Width and height in pixels; one word to a line breaker."""
    return f"{width}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{height}"  # noqa: RUF001 - the multiplication sign is meant


def facts(record: ImageRecord) -> str:
    """One line of facts: dimensions, size, folder."""
    parts = [size(record.size), record.path.parent.name or str(record.path.parent)]
    if record.width and record.height:
        parts.insert(0, dimensions(record.width, record.height))
    return _DOT.join(parts)


def short_facts(record: ImageRecord) -> str:
    """Dimensions and size, for narrow places."""
    if not (record.width and record.height):
        return size(record.size)
    return f"{dimensions(record.width, record.height)}{_DOT}{size(record.size)}"


def copies(count: int) -> str:
    """Copies, counted ("1 copy", "12 copies")."""
    if count == 1:
        return QCoreApplication.translate("words", "1 copy")
    return QCoreApplication.translate("words", "{count} copies").format(count=number(count))


def groups(count: int) -> str:
    """Groups, counted ("1 group", "5 groups")."""
    if count == 1:
        return QCoreApplication.translate("words", "1 group")
    return QCoreApplication.translate("words", "{count} groups").format(count=number(count))


def pictures(count: int) -> str:
    """Pictures, counted ("1 picture", "12,431 pictures")."""
    if count == 1:
        return QCoreApplication.translate("words", "1 picture")
    return QCoreApplication.translate("words", "{count} pictures").format(count=number(count))


def matches(count: int) -> str:
    """Matches, counted ("1 match", "37 matches")."""
    if count == 1:
        return QCoreApplication.translate("words", "1 match")
    return QCoreApplication.translate("words", "{count} matches").format(count=number(count))


def to_free(count: int) -> str:
    """Bytes that can be freed ("84 MiB to free", "nothing to free")."""
    if count <= 0:
        return QCoreApplication.translate("words", "nothing to free")
    return QCoreApplication.translate("words", "{size} to free").format(size=size(count))


def copies_in_groups(copy_count: int, group_count: int, reclaimable: int, alike_count: int = 0) -> str:
    """The summary of a scan: "12 copies in 5 groups, 84 MiB to free".

    Args:
        copy_count: Members that share their source with the representative, which is not counted.
        group_count: Groups.
        reclaimable: Bytes of the members that need not be kept.
        alike_count: Members that show the same scene but are no copies.
    """
    found = [copies(copy_count)] if copy_count or not alike_count else []
    if alike_count:
        found.append(_alike(alike_count))
    joined = QCoreApplication.translate("words", " and ").join(found)
    return QCoreApplication.translate("words", "{copies} in {groups}, {bytes}").format(
        copies=joined, groups=groups(group_count), bytes=to_free(reclaimable)
    )


def _alike(count: int) -> str:
    if count == 1:
        return QCoreApplication.translate("words", "1 look-alike")
    return QCoreApplication.translate("words", "{count} look-alikes").format(count=number(count))


def relation(value: Relation | None) -> str:
    """The plain name of a relation; None is a match that nothing has verified yet."""
    match value:
        case None:
            return QCoreApplication.translate("words", "not verified")
        case Relation.SAME_FILE:
            return QCoreApplication.translate("words", "same file")
        case Relation.SAME_PIXELS:
            return QCoreApplication.translate("words", "same pixels")
        case Relation.RE_ENCODED:
            return QCoreApplication.translate("words", "re-encoded")
        case Relation.EDITED:
            return QCoreApplication.translate("words", "edited")
        case Relation.CROP:
            return QCoreApplication.translate("words", "crop")
        case Relation.COMPOSITE:
            return QCoreApplication.translate("words", "composite")
        case Relation.SAME_SCENE:
            return QCoreApplication.translate("words", "same scene")
        case Relation.SIMILAR:
            return QCoreApplication.translate("words", "looks alike")


def chip(value: Relation | None, evidence: Evidence | None) -> str:
    """The relation in two or three words, with the figure that matters ("crop 62%", "turned 90°")."""
    if evidence is None or value in (None, Relation.SAME_FILE, Relation.SAME_SCENE, Relation.SIMILAR):
        return relation(value)
    turn = turned(evidence)
    if value is Relation.CROP:
        return _joined(_crop(evidence), turn)
    if value in (Relation.RE_ENCODED, Relation.SAME_PIXELS):
        return turn or relation(value)
    return _joined(relation(value), turn)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _crop(evidence: Evidence) -> str:
    """A crop says how much of the first picture is left; the other way round, B is what A was cut from."""
    share = min(evidence.coverage_a, evidence.coverage_b)
    if not 0.0 < share < 1.0:
        return relation(Relation.CROP)
    if max(evidence.coverage_a, evidence.coverage_b) < WHOLE:
        return QCoreApplication.translate("words", "overlap {share}").format(share=percent(share))
    if evidence.coverage_b < evidence.coverage_a:
        return QCoreApplication.translate("words", "uncropped")
    return QCoreApplication.translate("words", "crop {share}").format(share=percent(share))


def turned(evidence: Evidence) -> str:
    """How B is turned against A ("turned 90°", "mirrored"), or nothing."""
    parts = [QCoreApplication.translate("words", "mirrored")] if evidence.mirrored else []
    degrees = _degrees(evidence)
    upside_down_mirror = evidence.mirrored and degrees == 180
    if degrees >= _TURN_SHOWN_FROM and not upside_down_mirror:
        angle = number(degrees)
        parts.append(QCoreApplication.translate("words", "turned {angle}°").format(angle=angle))
    return ", ".join(parts)


def _degrees(evidence: Evidence) -> int:
    """The turn in [0, 180] degrees, read off the linear part of the homography."""
    if evidence.homography is None:
        return 0
    first, second = evidence.homography[0], evidence.homography[1]
    # A mirror turns the first column round but leaves the second one a plain rotation.
    sine, cosine = (-first[1], second[1]) if evidence.mirrored else (second[0], first[0])
    return round(abs(math.degrees(math.atan2(float(sine), float(cosine)))))


def match_in_words(match: Match) -> str:
    """A match in one sentence, for screen readers and tooltips."""
    evidence = match.words or chip(match.relation, match.evidence)
    return QCoreApplication.translate("words", "{name}, {evidence}, score {score}, {facts}").format(
        name=match.record.path.name, evidence=evidence, score=score(match.score), facts=facts(match.record)
    )


def folder_of(path: Path) -> str:
    """The folder of a file with the home folder written as a tilde."""
    try:
        return str(Path("~") / path.parent.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path.parent)


def tooltip(lines: Iterable[str]) -> str:
    """Lines as a tooltip that wraps; escaped, since a file may be named like a tag."""
    return "<qt>" + "<br>".join(html.escape(line) for line in lines if line) + "</qt>"
