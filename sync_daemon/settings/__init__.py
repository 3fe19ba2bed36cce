"""What the program is told: the settings and where they come from, files of secrets, and what addresses of databases,
proxies and certificates mean.

It may import `model` and the root. It connects to nothing.
"""
