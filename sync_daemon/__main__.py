"""`python -m sync_daemon`: the same as `invoiced-sync`."""

from sync_daemon.cli.main import main

if __name__ == "__main__":
    main()
