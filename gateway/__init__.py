"""The process: composition, HTTP and WebSocket server, workers, API, console, command line.

It runs what the others define: it reads the configuration, wires adapters, core and memory
together in one place, and performs the effects that core asks for. It holds no rule about
customers and no SQL of its own.
"""
