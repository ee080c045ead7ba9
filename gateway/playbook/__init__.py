"""The playbook of a gateway that runs: read, taken over, drafted, tried, published, kept by
version."""
