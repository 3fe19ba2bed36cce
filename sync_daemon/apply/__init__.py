"""Stores what was read: a page together with the checkpoint that covers it; and tombstones rows whose deletion is
confirmed.

It may import `source`, `postgres` and what is below. When something is read belongs in `sync`, SQL in `postgres`.
"""
