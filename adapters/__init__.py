"""The channels: one self-contained folder each, translating between a provider and core's model.

An adapter knows nothing of customers, and keeps nothing: no database, no Redis, no global state, no
retries of its own. A provider SDK's types never leave its folder.
"""
