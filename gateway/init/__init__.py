"""What `onethread init` asks and writes: the first configuration."""
