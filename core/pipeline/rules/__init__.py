"""The rules stage: what may leave, what goes to people, and why. It trusts no text."""
