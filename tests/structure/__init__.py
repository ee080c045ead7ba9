"""Tests of the repository itself: its layout, its wheel, its configuration and its test servers."""
