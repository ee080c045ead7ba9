"""Every transaction of OneThread, one plain function each.

A hot unit takes the batch that gathered while the last commit ran; a cold one takes its arguments.
Units do not read clocks or make ids: both are handed in.
"""
