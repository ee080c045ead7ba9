"""The business's playbook: what it holds as data, how its files are read, and what may be wrong
with them."""
