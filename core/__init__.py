"""What OneThread decides: message model, channel contract, identity rules and pipeline.

Pure code. Nothing here performs I/O, reads a clock, draws a random number, or knows a provider,
a web server or a database; time, ids and looked-up data are handed in as values.
"""
