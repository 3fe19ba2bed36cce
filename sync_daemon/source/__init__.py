"""Reads Invoiced completely and politely: the HTTP client and its limits, pagination, what each list can do, and the
ways to read a whole list. It writes nothing.

It may import `settings`, `model` and the root; never `postgres`.
"""
