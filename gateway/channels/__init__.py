"""The edge: adapters loaded, messages taken in, and answers brought out."""
