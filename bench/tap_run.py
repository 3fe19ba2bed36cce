"""Run by the environment of tap-invoiced: the tap as it is. It has no setting for the address, so that alone is set."""

from __future__ import annotations

import os

import invoiced
from tap_invoiced import main  # type: ignore[import-not-found, unused-ignore]

if __name__ == "__main__":
    invoiced.Client.ApiBase = os.environ["BENCH_URL"]
    main()
