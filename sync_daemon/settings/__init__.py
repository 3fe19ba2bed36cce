"""Settings and where they come from, files of secrets, and how addresses of databases, proxies and certificates are
read.

It may import `model` and the root. It connects to nothing.
"""
