"""The only room with SQL: the pool, the named statements, migrations, and the store, which writes a page in one
transaction.

It may import `settings`, `model` and the root. Why something is written belongs in `apply` and `sync`.
"""
