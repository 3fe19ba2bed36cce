"""What a role with CREATE on `public` can plant there: functions and operators that fit our statements better than
the built-in ones. Each plant raises, and leaves a trace that outlives the rollback."""

from __future__ import annotations

import re
from collections.abc import Iterator

import asyncpg

from sync_daemon.cli import demo_show
from sync_daemon.local_postgres import supervisor
from sync_daemon.postgres import migrations
from sync_daemon.postgres.columns import SQL

TYPES = ("text", "name", '"char"', "varchar", "oid", "bigint", "integer", "numeric", "double precision", "timestamptz",
         "interval", "jsonb", "bytea", "boolean", "regclass", "regnamespace", "text[]", "bigint[]", "timestamptz[]",
         "jsonb[]", "bytea[]", "name[]", "anyelement", "anyarray", "anycompatible", "anycompatiblearray")
PAIRED = ("text", "name", "oid", "bigint", "integer", "jsonb", "bytea", "timestamptz", "text[]", "anyarray")
"""Types of functions with two arguments; operators are planted for all pairs of TYPES."""
COMPARISONS = {"=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "@>", "<@"}
OF_ASYNCPG = {"array_agg", "current_setting", "set_config", "pg_is_in_recovery"}


def all_sql() -> Iterator[str]:
    for path in sorted(SQL.rglob("*.sql")):
        yield path.read_text(encoding="utf-8")
    yield from (migrations.LOCK, migrations.HOLDS_SOMETHING, demo_show.COMPARE, demo_show.NEWEST, demo_show.SHOWN)
    yield supervisor.ENSURE_DATABASE.decode()
    yield "SELECT to_regclass(''), to_regnamespace(''), clock_timestamp()"


def bare(sql: str) -> str:
    """SQL without comments and quoted text."""
    return re.sub(r"'(?:[^']|'')*'|--.*", lambda found: "''" if found[0].startswith("'") else "", sql)


def functions() -> set[str]:
    """The names of all functions that our SQL calls, except the helpers of the mirror."""
    called = {name for sql in all_sql() for name in re.findall(r"(?<![}\w])([a-z]\w*)\(", bare(sql))}
    return called | OF_ASYNCPG


def operators() -> set[str]:
    used = {sign for sql in all_sql() for sign in re.findall(r"[-+*/<>=~!@#%^&|]+", bare(sql).replace("{}", ""))}
    return used - {"*", "=>"} | COMPARISONS | {"-", "+", "*"}


PLANT = """
CREATE SEQUENCE public.called;
GRANT ALL ON SEQUENCE public.called TO PUBLIC;
DO $plant$
DECLARE
    body text := 'LANGUAGE plpgsql AS $$BEGIN PERFORM pg_catalog.nextval(''public.called'');'
        ' RAISE EXCEPTION ''a planted function was called: %''';
    types text[] := {types};
    paired text[] := {paired};
    a text; b text; f text; o text;
BEGIN
    FOREACH a IN ARRAY types LOOP
        EXECUTE format('CREATE FUNCTION public.planted_prefix(%s) RETURNS %s %s, ''-%s''; END$$', a, a, body, a);
        EXECUTE format('CREATE OPERATOR public.- (FUNCTION = public.planted_prefix, RIGHTARG = %s)', a);
        FOREACH b IN ARRAY types LOOP
            EXECUTE format('CREATE FUNCTION public.planted_test(%s, %s) RETURNS boolean %s, ''%s ? %s''; END$$',
                           a, b, body, a, b);
            EXECUTE format('CREATE FUNCTION public.planted_value(%s, %s) RETURNS %s %s, ''%s + %s''; END$$',
                           a, b, a, body, a, b);
            FOREACH o IN ARRAY {comparisons} LOOP
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.planted_test, LEFTARG = %s, '
                               'RIGHTARG = %s)', o, a, b);
            END LOOP;
            FOREACH o IN ARRAY {others} LOOP
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.planted_value, LEFTARG = %s, '
                               'RIGHTARG = %s)', o, a, b);
            END LOOP;
        END LOOP;
    END LOOP;
    FOREACH f IN ARRAY {functions} LOOP
        EXECUTE format('CREATE FUNCTION public.%I() RETURNS text %s, ''%s()''; END$$', f, body, f);
        FOREACH a IN ARRAY types LOOP
            EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS %s %s, ''%s(%s)''; END$$', f, a, a, body, f, a);
        END LOOP;
        FOREACH a IN ARRAY paired LOOP
            FOREACH b IN ARRAY paired LOOP
                EXECUTE format('CREATE FUNCTION public.%I(%s, %s) RETURNS %s %s, ''%s(%s, %s)''; END$$',
                               f, a, b, a, body, f, a, b);
            END LOOP;
        END LOOP;
    END LOOP;
END $plant$
"""


def _array(values: set[str] | tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(f'$q${value}$q$' for value in sorted(values))}]"


async def plant(dsn: str) -> None:
    """Plants all of it in a database, as a role with only the rights that PUBLIC had up to Postgres 14."""
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetch("SELECT FROM pg_roles WHERE rolname = 'stranger'"):
            await connection.execute("CREATE ROLE stranger")
        await connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC; SET ROLE stranger; "
                                 "SET search_path = pg_catalog")
        signs, sql = operators(), PLANT
        for name, value in {"types": TYPES, "paired": PAIRED, "functions": functions(),
                            "comparisons": signs & COMPARISONS, "others": signs - COMPARISONS}.items():
            sql = sql.replace(f"{{{name}}}", _array(value))
        await connection.execute(sql)
    finally:
        await connection.close()


async def was_called(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "pg_catalog"})
    try:
        return bool(await connection.fetchval("SELECT is_called FROM public.called"))
    finally:
        await connection.close()
