"""From contents to files: a star of contents becomes a group of files that people can look at."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core import relations
from core.animations import frames_apart
from core.catalog import Catalog, Content
from core.grouping import Star
from core.records import Evidence, Group, ImageRecord, Member, Relation
from core.review import keep_rules, twins
from core.verdict import Verdict


def records_by_digest(catalog: Catalog, folders: Sequence[Path]) -> dict[bytes, list[ImageRecord]]:
    """The files of each content below the folders, the likely original first.

    Hard links are one file under several names; only the first name counts, as removing another frees nothing.
    """
    rows = catalog.files(folders)
    found: dict[bytes, list[ImageRecord]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for record in catalog.records(folders):
        row = rows.get(bytes(record.path))
        if row is not None and row.inode:
            if (row.inode, row.device) in seen:
                continue
            seen.add((row.inode, row.device))
        found[bytes.fromhex(record.content)].append(record)
    for files in found.values():
        files.sort(key=_originality)
    return found


def _originality(record: ImageRecord) -> tuple[int, int, bytes]:
    """Of equal files the oldest is taken for the original, then the shortest name: "a.jpg", not "a (1).jpg"."""
    return int(record.modified // 60), len(record.path.name), bytes(record.path)


def ranks(contents: Sequence[Content], records: Mapping[bytes, Sequence[ImageRecord]]) -> list[int]:
    """How good each content is as a representative, from 0: by its pixels, then its age, then its bytes."""

    def quality(place: int) -> tuple[int, int, int, bytes]:
        content = contents[place]
        # To the minute, as a batch of copies made at one time says nothing.
        oldest = min(int(record.modified // 60) for record in records[content.digest])
        return content.width * content.height, -oldest, content.size, content.digest

    order = sorted(range(len(contents)), key=quality)
    found = [0] * len(contents)
    for rank, place in enumerate(order):
        found[place] = rank
    return found


def group_of(
    star: Star,
    contents: Sequence[Content],
    records: Mapping[bytes, Sequence[ImageRecord]],
    pixels: Mapping[str, str],
) -> Group:
    """The files of a star: those of the representative first, then the others by how close they are.

    Args:
        star: The star.
        contents: What its places mean.
        records: The files of each content.
        pixels: What is the same for contents of the same pixels, by the hex digests of contents.
    """
    own = records[contents[star.centre].digest]
    representative = own[0]
    first = Member(
        representative,
        Relation.SAME_FILE,
        1.0,
        None,
        "representative",
        True,
        keep_rules.why_representative(representative),
    )
    members = [_same_file(record, representative) for record in own[1:]]
    for place, verdict in star.members.items():
        members += _members(star.centre, place, verdict, contents, records, representative)
    order = list(Relation)
    # The files of one content stay in their order, the likely original first.
    named = {content: bytes(records[bytes.fromhex(content)][0].path) for content in {m.record.content for m in members}}
    members.sort(key=lambda member: (order.index(member.relation), -member.score, named[member.record.content]))
    shown = [replace(member, pixels=pixels.get(member.record.content, "")) for member in (first, *members)]
    # Its centre is named first: the same pictures may stand around two of them.
    digests = [contents[star.centre].digest, *sorted(contents[place].digest for place in star.members)]
    return Group(hashlib.blake2b(b"".join(digests), digest_size=6).hexdigest(), twins.without_spares(shown))


def _same_file(record: ImageRecord, representative: ImageRecord) -> Member:
    size = (representative.width, representative.height)
    evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0, basis="bytes")
    words = relations.words_for(Relation.SAME_FILE, evidence, size)
    keep, why = keep_rules.decide(representative, record, Relation.SAME_FILE)
    return Member(record, Relation.SAME_FILE, 1.0, evidence, words, keep, why)


def _members(
    centre: int,
    place: int,
    verdict: Verdict,
    contents: Sequence[Content],
    records: Mapping[bytes, Sequence[ImageRecord]],
    representative: ImageRecord,
) -> list[Member]:
    assert verdict.relation is not None
    content = contents[place]
    evidence, words = seen_from(verdict, centre, contents[centre], content)
    members = []
    for record in records[content.digest]:
        keep, why = keep_rules.decide(representative, record, verdict.relation)
        members.append(Member(record, verdict.relation, verdict.score, evidence, words, keep, why))
    return members


def seen_from(verdict: Verdict, centre: int, first: Content, second: Content) -> tuple[Evidence, str]:
    """The evidence and words of a verdict with the centre as picture A, in whichever direction it was given."""
    if verdict.first == centre or verdict.relation is None:
        return verdict.evidence, verdict.words
    size_a, size_b = (first.width, first.height), (second.width, second.height)
    try:
        evidence = relations.reverse(verdict.evidence, size_b, size_a)
    except (ValueError, np.linalg.LinAlgError):
        return verdict.evidence, verdict.words
    if verdict.relation is Relation.SAME_PIXELS:
        return evidence, verdict.words
    words = relations.words_for(verdict.relation, evidence, size_a, verdict.tone.reversed())
    return evidence, words + frames_apart(first.frames, second.frames)
