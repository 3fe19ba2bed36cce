"""An embedded Postgres for trying out: starts and supervises one for `demo` and `db`.

It imports only the modules of the root; only `cli` and `runtime` start it, and nothing of the product needs it.
"""
