"""Nobody ever reads what is another's: one machine that makes all changes of identity."""
