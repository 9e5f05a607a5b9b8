"""Two pictures side by side: the strongest evidence there is, with its points for the overlay."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from core import relations
from core.animations import Reel, frames_key, reel, weighed
from core.cases import Case, Side
from core.describing import DIGEST_SIZE, describe_file
from core.file_facts import read_facts
from core.images import Limits, decode, read_bytes
from core.judging import judge
from core.recompression import recompression_words
from core.records import Evidence, ImageRecord, Match, Relation

VERIFIERS = ("sift", "orb")


def compare(first: Path, second: Path, limits: Limits | None = None) -> Match:
    """Compare two pictures with the strongest keypoints.

    Args:
        first: Picture A.
        second: Picture B.
        limits: What is too large to decode.

    Returns:
        B as a match for A. Its relation is None where nothing ties them together; the evidence then says why.

    Raises:
        ImageError: One of them cannot be read.
    """
    limits = limits or Limits()
    record_a, record_b = read_record(first, limits), read_record(second, limits)
    case = Case(_side(0, record_a), _side(1, record_b))
    if record_a.content == record_b.content:
        return _same_file(record_a, record_b)
    verdict = judge(case, VERIFIERS)
    if max(record_a.frames, record_b.frames) > 1:
        verdict = weighed(verdict, _reel(record_a, limits), _reel(record_b, limits))
    words = verdict.words
    if verdict.relation is not None:
        facts = read_facts(first, limits), read_facts(second, limits)
        again = recompression_words(verdict.relation, verdict.evidence, (record_a, record_b), facts)
        words = ", ".join(filter(None, (words, again)))
    return Match(record_b, verdict.score, verdict.relation, verdict.evidence, words)


def read_record(path: Path, limits: Limits) -> ImageRecord:
    """The record of one file, read just now.

    Raises:
        ImageError: It cannot be read.
    """
    data = read_bytes(path, limits.bytes)
    picture = decode(data, 256, limits, path)
    digest = hashlib.blake2b(data, digest_size=DIGEST_SIZE).hexdigest()
    modified = path.stat().st_mtime
    return ImageRecord(path, digest, picture.width, picture.height, len(data), modified, picture.format, picture.frames)


def _side(number: int, record: ImageRecord) -> Side:
    return Side(number, record.path, record.width, record.height)


def _reel(record: ImageRecord, limits: Limits) -> Reel:
    """The frames of a picture."""
    packed = describe_file(record.path, ("pdq",), (), limits).features.get(frames_key()) if record.frames > 1 else None
    return reel(record.frames, record.format, packed)


def _same_file(first: ImageRecord, second: ImageRecord) -> Match:
    """Equal bytes are proof enough."""
    evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0, basis="bytes")
    words = relations.words_for(Relation.SAME_FILE, evidence, (first.width, first.height))
    return Match(second, 1.0, Relation.SAME_FILE, evidence, words)
