"""How well methods find what belongs together: truth, measures, the leaderboard, and compression."""
