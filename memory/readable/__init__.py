"""Who reads, and what they may know: every filter by customer and by assurance. Nothing passes
beside it."""
