"""Injections, and a bot that obeys them all."""
