"""Playing recorded dialogues through the running way, as their customers would, and writing down
what crossed the wire and what was decided; nothing here is on the way of a real message."""
