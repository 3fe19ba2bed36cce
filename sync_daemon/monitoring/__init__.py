"""Health for people and machines: the list of problems, the health snapshot, metrics, the HTTP server and the status
page. It only reads.

It may import `sync` and what is below. What is wrong is decided here once; `cli`, `/readyz`, metrics and systemd only
render it.
"""
