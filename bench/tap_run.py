"""Runs the unchanged tap in tap-invoiced's environment. It has no setting for the address, so only that is patched."""

from __future__ import annotations

import os

import invoiced
from tap_invoiced import main  # type: ignore[import-not-found, unused-ignore]

if __name__ == "__main__":
    invoiced.Client.ApiBase = os.environ["BENCH_URL"]
    main()
