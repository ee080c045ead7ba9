"""What of a long history goes before a turn: scoring, choosing within a budget, and quoting."""
