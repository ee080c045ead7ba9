"""The system's settings: read from `config.toml` and the environment, checked, and explained when
wrong."""
