"""One file for each step, named by its number; each says which one it follows."""
