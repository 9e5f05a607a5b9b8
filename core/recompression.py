"""What the files of a pair tell of how one was compressed again, in words."""

from __future__ import annotations

from core.file_facts import FileFacts
from core.records import Evidence, ImageRecord, Relation
from core.relations import WHOLE

_CLEARLY = 5
"""Steps of quality by which two estimates differ clearly: tables of different encoders mislead by less."""


def recompression_words(
    relation: Relation,
    evidence: Evidence,
    records: tuple[ImageRecord, ImageRecord],
    facts: tuple[FileFacts, FileFacts],
) -> str:
    """How B was compressed again ("recompressed from quality 92 to about 60"), or nothing.

    Args:
        relation: What B is to A.
        evidence: Why; a picture that shows more than A was not made of A.
        records: The files of A and B.
        facts: What their headers tell.
    """
    if not relation.is_copy or relation in (Relation.SAME_FILE, Relation.SAME_PIXELS) or facts[1].lossless:
        return ""
    if relation is Relation.CROP and evidence.coverage_b < WHOLE:
        return ""
    before, after = facts[0].quality, facts[1].quality
    if after is None:
        return "" if records[0].format == records[1].format else f"recompressed as {records[1].format}"
    if before is not None and abs(before - after) >= _CLEARLY:
        return f"recompressed from quality {before} to about {after}"
    if facts[0].lossless:
        return f"compressed to quality about {after}"
    # Of a re-encoded picture the name says as much.
    return "" if relation is Relation.RE_ENCODED else "recompressed"
