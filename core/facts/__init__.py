"""What is known of a customer as plain values: facts with their history, and what may be learned
from a text."""
