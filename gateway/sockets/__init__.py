"""Open sockets of web pages: upgrade, frames, files, limits, and what happens when a visitor
leaves."""
