"""What flows through the rooms: resources, records, cursors and lanes, and requests to look at something again.

It may import the root alone, and does no I/O.
"""
