"""A raw mail as plain values: fields, parts, words, and who sent it. Whatever it holds, nothing
raises."""
