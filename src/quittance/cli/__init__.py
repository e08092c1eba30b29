"""The command line: thin shells that parse, call one use case, and print. `main` has the table of commands."""
