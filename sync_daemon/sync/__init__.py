"""When and why something is read: first loads, polls, the event feed, refetches, full sweeps, verification, and the
cycle that runs them.

It may import `apply` and what is below. How a list is read completely belongs in `source`; how a page becomes rows
belongs in `apply`.
"""
