"""The process: composition, HTTP and WebSocket server, workers, API, console, command line."""
