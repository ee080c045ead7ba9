"""The stages a gateway decides with: built for a playbook, found by name, checked against their
contract."""
