"""The pipeline: four stages (intent, state, response, rules) and `decide`, which runs them.

Each stage is a pure function of data; a stage is replaceable and its input and output are recorded.
"""
