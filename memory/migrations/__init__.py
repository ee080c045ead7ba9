"""The steps that bring a database from any earlier layout to the present one, in order.

Alembic runs them; `memory.migrate` starts it. A step that was released is never edited.
"""
