"""Carrying out a playbook's actions: by signed webhook or entry point, patiently, and never
twice."""
