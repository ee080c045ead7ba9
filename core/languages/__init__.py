"""Languages: telling which one a text is in, taking a text apart into words, and the product's own
words in each language it speaks. Choosing among these is `core.answers.wording`'s.
"""
