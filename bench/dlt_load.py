"""Runs in the environment of dlt: its rest_api source into Postgres, as in its documentation."""

from __future__ import annotations

import os

import dlt  # type: ignore[import-not-found, unused-ignore]
from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found, unused-ignore]


def main() -> None:
    source = rest_api_source({
        "client": {
            "base_url": os.environ["BENCH_URL"],
            "auth": {"type": "http_basic", "username": os.environ["BENCH_KEY"], "password": ""},
            "paginator": "header_link",
        },
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": [{"name": "invoices", "endpoint": {"path": "invoices", "params": {"per_page": 100}}}],
    })
    if os.environ["BENCH_NESTING"]:
        source.max_table_nesting = int(os.environ["BENCH_NESTING"])
    pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(os.environ["BENCH_DSN"]),
                            dataset_name="peer", pipelines_dir=os.environ["BENCH_FOLDER"])
    pipeline.run(source)


if __name__ == "__main__":
    main()
