"""What is said of a pair: what B is to A, how sure that is, and why; as a value and as bytes for the catalog."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, field

import numpy as np

from core.records import Evidence, Relation
from core.relations import Tone


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What the judge says of a pair.

    Attributes:
        first: The asker's number of A.
        second: The asker's number of B.
        relation: What B is to A, or None when nothing ties them together.
        score: [0, 1].
        evidence: Without its points.
        words: The evidence in one line, or the reason of the rejection.
        tone: How the pixels differ.
        final: Whether it holds whenever these contents are asked about; not so where a file could not be read.
    """

    first: int
    second: int
    relation: Relation | None
    score: float
    evidence: Evidence
    words: str
    tone: Tone = field(default_factory=Tone)
    final: bool = True

    @property
    def is_copy(self) -> bool:
        """Whether both show one picture."""
        return self.relation is not None and self.relation.is_copy

    @classmethod
    def nothing(cls, first: int, second: int, reason: str) -> Verdict:
        """A rejection that no comparison was made for."""
        return cls(first, second, None, 0.0, Evidence(reason=reason), reason)

    def pack(self) -> bytes:
        """The verdict as bytes, for the catalog."""
        evidence = self.evidence
        matrix = None if evidence.homography is None else evidence.homography.ravel().tolist()
        return json.dumps(
            {
                "relation": self.relation,
                "score": round(self.score, 5),
                "words": self.words,
                "inliers": evidence.inlier_count,
                "homography": matrix,
                "mirrored": evidence.mirrored,
                "coverage": [round(evidence.coverage_a, 5), round(evidence.coverage_b, 5)],
                "similarity": evidence.similarity,
                "reason": evidence.reason,
                "basis": evidence.basis,
                "tone": astuple(self.tone),
            }
        ).encode()

    @classmethod
    def unpack(cls, first: int, second: int, data: bytes) -> Verdict:
        """Read what ``pack`` wrote.

        Raises:
            ValueError: The bytes are no verdict.
        """
        stored = json.loads(data)
        matrix = stored["homography"]
        evidence = Evidence(
            inlier_count=stored["inliers"],
            homography=None if matrix is None else np.array(matrix, np.float64).reshape(3, 3),
            mirrored=stored["mirrored"],
            coverage_a=stored["coverage"][0],
            coverage_b=stored["coverage"][1],
            similarity=stored["similarity"],
            reason=stored["reason"],
            basis=stored["basis"],
        )
        relation = None if stored["relation"] is None else Relation(stored["relation"])
        return cls(first, second, relation, stored["score"], evidence, stored["words"], Tone(*stored["tone"]))
