"""What `onethread doctor` looks at, each finding with its remedy."""
