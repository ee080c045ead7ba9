"""The state stage: where the case stands after a turn, and what has to happen next. It words
nothing."""
