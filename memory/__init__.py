"""What OneThread remembers: every durable thing, and every transaction over it.

SQLModel tables, migrations, one writing thread with group commit, a pool of readers, the units of
work and recall. Nothing here knows a provider, a web server or the pipeline's decisions.
"""
