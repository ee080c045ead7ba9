"""What a language model may be asked in a turn, and how its words are judged. It asks nobody
itself."""
