"""The command: parses a verb, calls what does it, prints, and ends with an exit code. All that a person reads in a
terminal is written here.

It may import every other room. What several verbs do in the background belongs in `runtime`, what a number means in
`monitoring`.
"""
