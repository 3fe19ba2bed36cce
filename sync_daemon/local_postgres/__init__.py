"""A Postgres of its own for trying out: starts one beside `demo` and `db`, and keeps an eye on it.

It imports the modules beside the rooms alone; only `cli` and `runtime` start it, and nothing of the product needs it.
"""
