"""A Postgres of its own for trying out: starts one beside `demo` and `db`, and keeps an eye on it.

It imports the root alone; nothing of the product needs it.
"""
