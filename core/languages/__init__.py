"""The product's own words in each language it speaks, as data: what is said where a playbook says
nothing. Choosing among them is `core.answers.wording`'s.
"""
