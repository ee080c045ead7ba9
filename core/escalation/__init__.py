"""The rule language of a playbook: conditions, counts, deeds, rules of time, and the tests a
business writes."""
