"""The dictionary says of every column what the real catalogue has: none is missing, none too much, types agree."""

from __future__ import annotations

from sync_daemon.cli.describe_dbt import RESERVED
from sync_daemon.postgres.dictionary import FUNCTION, dictionary, loaded_at
from tests.integration.answers.conftest import Ask

RELATIONS = """SELECT c.relname AS name, array_agg(ARRAY[a.attname::text, format_type(a.atttypid, a.atttypmod),
        col_description(c.oid, a.attnum)] ORDER BY a.attnum) AS columns
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'invoiced'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname !~ '^_' GROUP BY 1"""
FUNCTIONS = """SELECT p.proname AS name, array_agg(ARRAY[a.name, format_type(a.type, NULL)] ORDER BY a.place)
        FILTER (WHERE a.mode = 't') AS columns, format_type(p.prorettype, NULL) AS returns
    FROM pg_proc AS p LEFT JOIN LATERAL unnest(p.proargnames, p.proallargtypes, p.proargmodes) WITH ORDINALITY
        AS a (name, type, mode, place) ON true
    WHERE p.pronamespace = 'invoiced'::regnamespace AND p.proname !~ '^_' GROUP BY p.oid"""
WRITTEN = {"timestamp with time zone": "timestamptz"}


async def test_every_column_of_every_table_and_view_has_its_entry_type_and_comment_and_no_entry_is_without(
        ask: Ask) -> None:
    found = {row["name"]: [(name, WRITTEN.get(kind, kind), said) for name, kind, said in row["columns"]]
             for row in await ask(RELATIONS)}
    told = {one.name: [(field.name, field.type, field.meaning) for field in one.fields]
            for one in dictionary() if one.kind != FUNCTION}
    assert set(told) == set(found)
    for name, columns in found.items():
        assert told[name] == columns, f"sql/columns_of_views.toml or the migrations are not right about {name}"


async def test_every_column_that_a_function_returns_has_its_entry_and_type_and_no_entry_is_without(ask: Ask) -> None:
    found = {row["name"]: ([(name, WRITTEN.get(kind, kind)) for name, kind in row["columns"] or ()],
                           "" if row["columns"] else row["returns"]) for row in await ask(FUNCTIONS)}
    told = {one.name: ([(field.name, field.type) for field in one.fields], one.returns)
            for one in dictionary() if one.kind == FUNCTION}
    assert told == found, "sql/columns_of_views.toml lists the columns of each function, in their order"


async def test_the_keys_of_the_dictionary_are_those_of_the_tables(ask: Ask) -> None:
    keys = await ask("""SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) AS key FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indrelid
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indisprimary AND c.relnamespace = 'invoiced'::regnamespace AND c.relname !~ '^_' GROUP BY 1""")
    told = {one.name: set(one.key) for one in dictionary() if one.key}
    assert {row["relname"]: set(row["key"]) for row in keys} == told


async def test_what_the_dictionary_calls_never_null_is_never_null(ask: Ask) -> None:
    rows = await ask("""SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'invoiced'::regnamespace AND c.relkind = 'r' AND a.attnotnull AND a.attnum > 0
            AND c.relname !~ '^_'""")
    assert {(one.name, field.name) for one in dictionary() for field in one.fields if field.not_null} == {
        tuple(row) for row in rows}


async def test_columns_whose_names_postgres_reserves_are_quoted_for_dbt(ask: Ask) -> None:
    rows = await ask("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'")
    names = {field.name for one in dictionary() for field in one.fields}
    assert names & {row["word"] for row in rows} <= RESERVED <= names


async def test_the_query_of_freshness_for_dbt_answers_with_the_watermark(ask: Ask) -> None:
    await ask("""INSERT INTO _resource_state (resource, load_started_at, loaded_at, succeeded_at)
                 VALUES ('invoices', now(), now(), now())""")
    ((watermark,),) = await ask(loaded_at("invoiced", "invoices"))
    assert watermark is not None
