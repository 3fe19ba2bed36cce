"""A hand-made receivables ledger in a mirror: `tests/data/ledger.json`, and changed ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sync_daemon.model.records import read
from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres.store import Batch, Store

LEDGER = Path(__file__).parents[1] / "data" / "ledger.json"


def ledger() -> dict[str, Any]:
    """`now`, `time_zone`, `resources` and `expected`; numbers are Decimals."""
    found: dict[str, Any] = json.loads(LEDGER.read_text(encoding="utf-8"), parse_float=Decimal)
    return found


async def store_ledger(store: Store, resources: Mapping[str, list[dict[str, Any]]]) -> None:
    """Stores the objects as if their lists had shown them; invoices before their payment plans."""
    plans = {row["payment_plan"]: row["id"] for row in resources["invoices"] if row.get("payment_plan")}
    for name, rows in resources.items():
        resource, now = BY_NAME[name], await store.now()
        records = [read(resource, json.dumps(row, default=float).encode(), now,
                        parent=plans.get(row["id"]) if name == "payment_plans" else None) for row in rows]
        if records:
            stored, _ = await store.commit(Batch(resource, now, records))
            assert stored.rejected == 0
