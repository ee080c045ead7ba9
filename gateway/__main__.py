"""Lets `python -m gateway` stand for `onethread`; nothing else happens here."""

from gateway.cli import main

if __name__ == "__main__":
    main()
