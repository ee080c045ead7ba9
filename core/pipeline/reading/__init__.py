"""Reading a message by rule: the values in it, and what it does in a talk. It decides nothing."""
