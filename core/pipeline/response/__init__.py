"""The response stage: a step becomes words, from the playbook, its articles, or the product."""
