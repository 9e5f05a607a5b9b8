"""Results of benchmarks as lines of text."""

from __future__ import annotations

from core.training.benchmark import BenchmarkResult
from core.training.keypoint_benchmark import CopiesResult, PairResult

_TITLES = ("R@1", "R@10", "mAP", "R@1 r", "R@10 r", "cos", "cos r")
_LEAST = 12


def benchmark_table(result: BenchmarkResult) -> str:
    """One line for each edit, "r" for with regions, and how near the wrong pictures come."""
    lines = [f"{'edit':20} {'copies':>6} " + " ".join(f"{title:>6}" for title in _TITLES)]
    for name, row in [*result.edits.items(), ("all", result.overall)]:
        numbers = (
            row.at_1,
            row.at_10,
            row.precision,
            row.regions_at_1,
            row.regions_at_10,
            row.similarity,
            row.regions_similarity,
        )
        lines.append(f"{name:20} {row.copies:6d} " + " ".join(f"{number:6.3f}" for number in numbers))
    for title, wrong in (("descriptors", result.wrong), ("with regions", result.wrong_regions)):
        lines.append(f"nearest wrong, {title}: median {wrong[0]:.3f}, 99% {wrong[1]:.3f}, highest {wrong[2]:.3f}")
    return "\n".join(lines) + "\n"


def pair_line(method: str, pair: PairResult) -> str:
    """What became of one pair of pictures."""
    share = pair.right / max(1, pair.matches)
    return f"{method}: {pair.first} {pair.second}: {pair.right} of {pair.matches} right, {share:.2f}\n"


def copies_line(method: str, result: CopiesResult) -> str:
    """How many copies were confirmed, and the edits of which fewest were."""
    worst = sorted(result.by_edit.items(), key=lambda item: item[1])[:_LEAST]
    return (
        f"{method}: {result.confirmed:.3f} of {result.copies} copies confirmed, {result.wrong:.4f} of wrong pairs, "
        f"{result.milliseconds:.0f} ms a picture; least: {', '.join(f'{name} {share:.2f}' for name, share in worst)}\n"
    )
