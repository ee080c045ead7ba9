"""What people look at, read and put into words: lists, a customer, a message, the log of
changes."""
