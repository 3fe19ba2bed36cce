"""All that Postgres knows of a schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from sync_daemon.postgres.statements import quote

CATALOGUE = {
    "columns": """SELECT c.relname, a.attname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated::text, a.attidentity::text,
        pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'v')
        ORDER BY c.relname, a.attnum""",
    "relations": """SELECT relname, relkind::text, reloptions, obj_description(oid, 'pg_class') FROM pg_class
        WHERE relnamespace = $1::regnamespace ORDER BY 1""",
    "indexes": """SELECT indexname, indexdef FROM pg_indexes
        WHERE quote_ident(schemaname)::regnamespace = $1::regnamespace ORDER BY 1""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = $1::regnamespace ORDER BY 1, 2""",
    "functions": """SELECT proname, pg_get_functiondef(oid), obj_description(oid, 'pg_proc') FROM pg_proc
        WHERE pronamespace = $1::regnamespace ORDER BY 1, 2""",
    "views": """SELECT relname, pg_get_viewdef(oid) FROM pg_class
        WHERE relnamespace = $1::regnamespace AND relkind = 'v' ORDER BY 1""",
}


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def catalogue(dsn: str, schema: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that Postgres knows of a schema, with its name removed."""
    async with connected(dsn) as connection:
        await connection.execute(f"SET search_path = {quote(schema)}")
        return {name: [tuple(map(str, row)) for row in await connection.fetch(text, quote(schema))]
                for name, text in CATALOGUE.items()}
