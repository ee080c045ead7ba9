"""The console for agents and admins: a served shell, and plain modules and styles that fill it."""
