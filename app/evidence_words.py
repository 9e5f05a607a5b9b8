"""The evidence of a match as the compare page's headline."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app import words
from core.records import Match


def headline(match: Match) -> tuple[str, str, str]:
    """The name of an icon, one line, and the facts under it."""
    evidence = match.evidence
    title = match.words or words.chip(match.relation, evidence)
    icon = "check" if match.verified else "info"
    if not evidence.accepted:
        icon = "warning"
        told = QCoreApplication.translate("CompareView", "Not verified: {reason}")
        title = told.format(reason=evidence.reason)
    return icon, title[:1].upper() + title[1:], " · ".join(_facts(match))


def _facts(match: Match) -> list[str]:
    evidence = match.evidence
    relation = words.relation(match.relation)
    told_already = not match.words or relation in match.words.casefold() or not evidence.accepted
    facts = [] if told_already else [relation]
    if keypoints := agreement(match):
        facts.append(keypoints)
    told = QCoreApplication.translate("CompareView", "score {score}")
    return [*facts, told.format(score=words.score(match.score))]


def agreement(match: Match) -> str:
    """How many matched keypoints agree ("412 of 430 matched keypoints agree"), or nothing."""
    evidence = match.evidence
    agreeing = words.number(evidence.inlier_count)
    if len(evidence.inliers):
        told = QCoreApplication.translate("CompareView", "{agreeing} of {total} matched keypoints agree")
        return told.format(agreeing=agreeing, total=words.number(len(evidence.inliers)))
    if evidence.inlier_count:
        told = QCoreApplication.translate("CompareView", "{agreeing} matched keypoints agree")
        return told.format(agreeing=agreeing)
    return ""
