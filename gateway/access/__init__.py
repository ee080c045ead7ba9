"""Who may come in, and how far: callers, roles, passwords, the gate that every request passes."""
