"""Puts what was read into its table: a page together with the checkpoint that covers it, and takes rows out whose
deletion is confirmed.

It may import `source`, `postgres` and what is below. It decides neither when something is read (`sync`) nor in which
SQL it is written (`postgres`).
"""
