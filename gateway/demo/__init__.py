"""The demo: a small shop with simulated providers, and the page on which a visitor plays its
customer."""
