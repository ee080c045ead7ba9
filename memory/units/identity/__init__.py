"""Transactions about who is who: joined, parted, proved, brought in, and taken back."""
