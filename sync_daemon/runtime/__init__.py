"""A running process: opens a session (database, schema, key, account), handles signals and systemd, runs a job once or
schedules `run` for ever, and records how it ended.

It may import `monitoring` and what is below. When and why a list is read belongs in `sync`; words for the terminal
belong in `cli`.
"""
