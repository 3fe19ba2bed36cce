"""The only room that speaks SQL: the pool, the named statements, migrations, and the store that writes a page in one
transaction.

It may import `settings`, `model` and the root. Why something is written belongs in `apply` and `sync`.
"""
