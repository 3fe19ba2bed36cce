"""The command line: parses a verb, runs it, prints, and ends with an exit code. All terminal output is written here.

It may import every other room. What several verbs do in the background belongs in `runtime`, the meaning of a number
in `monitoring`.
"""
