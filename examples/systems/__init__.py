"""The systems of the two example businesses, which carry out what their playbooks ask for."""
