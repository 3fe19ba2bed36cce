"""The real program with other waiting times: `python -m tests.support.tuned '{"listings_apart": 3}' run`.

Where the program waits for minutes before it believes a strange answer, a history would have to wait as long.
"""

from __future__ import annotations

import sys

import msgspec

from sync_daemon.tuning import Tuning


def as_words(tuning: Tuning) -> str:
    """Waiting times as command-line text."""
    return msgspec.json.encode(tuning).decode()


if __name__ == "__main__":
    from sync_daemon.cli.main import main

    main(msgspec.json.decode(sys.argv.pop(1), type=Tuning))
