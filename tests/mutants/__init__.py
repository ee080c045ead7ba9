"""The guards that keep customers apart, each taken out in turn, and the test that notices."""
