"""The data types of all rooms: resources, records, cursors and lanes, and refetch requests.

It may import only the root, and does no I/O.
"""
