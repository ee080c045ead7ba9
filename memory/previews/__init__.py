"""What a change would do, found out without doing it."""
