"""The dictionary: everything has a meaning, references lead somewhere, and what is printed is what the files say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_daemon.cli.describe import DRAWN, chosen, markdown
from sync_daemon.cli.main import cli
from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres.columns import BadSql
from sync_daemon.postgres.dictionary import FUNCTION, NESTED, TABLE, VIEW, WITH_DELETED, Entry, Field, dictionary
from sync_daemon.postgres.view_columns import parse

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
ALL = {one.name: one for one in dictionary()}


def described(*arguments: str) -> Result:
    """What the verb prints with no settings at all."""
    return CliRunner().invoke(cli, ["describe", *arguments], env={"INVOICED_API_KEY": None, "DATABASE_URL": None})


def test_the_page_of_the_dictionary_is_what_the_definitions_say_now() -> None:
    now = markdown(chosen(None), whole=True)
    assert PAGE.read_text(encoding="utf-8") == now, "docs/data-dictionary.md is old: `make dictionary` renews it"


def test_every_table_view_and_function_has_a_meaning_and_so_has_each_column() -> None:
    assert len(ALL) == len(dictionary()), "two things have one name"
    for one in dictionary():
        assert one.meaning.endswith("."), one.name
        assert one.fields or one.returns, one.name
        for field in one.fields:
            assert field.meaning.endswith("."), (one.name, field.name)


@pytest.mark.parametrize("one", [one for one in dictionary() if one.kind != WITH_DELETED], ids=lambda one: one.name)
def test_every_reference_leads_to_a_column_of_the_same_type(one: Entry) -> None:
    """A test of dbt compares the two, and Postgres has no text = bigint."""
    for field in one.fields:
        if field.references:
            table, column = field.references.split(".")
            types = [other.type for other in ALL[table].fields if other.name == column]
            assert types == [field.type], field


def test_a_column_that_names_the_id_of_what_is_mirrored_says_where_it_leads() -> None:
    leads = {"customer", "invoice", "payment", "charge", "subscription", "plan", "credit_note", "estimate",
             "catalog_item", "coupon", "tax_rate"}
    assert [(one.name, field.name) for one in dictionary() for field in one.fields
            if field.name in leads and not field.references and one.kind != WITH_DELETED] == []


@pytest.mark.parametrize(("type_", "meaning", "unit", "values", "inferred"), [
    ("numeric", "What is open, in major units of currency; 0: nothing.", "major units of currency", (), False),
    ("numeric", "The tax, in major units of the document's currency.", "major units of the document's currency", (),
     False),
    ("integer", "Calendar days since it was due.", "days", (), False),
    ("numeric", "Used of the limit, in percent.", "percent", (), False),
    ("boolean", "Whether value is in percent.", "", (), False),
    ("text", "State of it. Known values: open, past due; of others none.", "", ("open", "past due"), False),
    ("date", "Day of closing. Inferred from updated_at.", "", (), True),
])
def test_unit_values_and_inference_are_read_from_the_words_of_a_comment(
        type_: str, meaning: str, unit: str, values: tuple[str, ...], inferred: bool) -> None:
    field = Field("x", type_, meaning)
    assert (field.unit, field.known_values, field.inferred) == (unit, values, inferred)


@pytest.mark.parametrize(("text", "said"), [
    ('[common]\na = { type = "text", comment = "A." }\n[v]\ncolumns = []', "common has a"),
    ('[v]\ncolumns = ["a"]', "v.a lacks comment, type"),
    ('[v]\ncolumns = []\nown.a = { type = "text", comment = "A." }', "v has no column a"),
    ('[v]\ncolumns = ["a"]\nown.a = { type = "text", comment = "A.", unit = "m" }', "v.a has unit"),
    ('[v]\ncolumns = ["a"]\nown.a = { type = "text", comment = "A.", references = "b" }', "v.a: references"),
    ('[v', "columns_of_views.toml"),
])
def test_a_mistake_in_the_file_of_view_columns_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadSql, match=re.escape(said)):
        parse(text)


def test_what_a_view_does_not_say_itself_is_as_in_common() -> None:
    found = parse('[common]\na = { type = "text", references = "b.c", comment = "A." }\n'
                  '[v]\ncolumns = ["a"]\nown.a = { comment = "Another A." }\n[w]\ncolumns = ["a"]')
    assert [(one.type, one.references, one.comment) for view in ("v", "w") for one in found[view]] == [
        ("text", "b.c", "Another A."), ("text", "b.c", "A.")]


def test_without_a_name_it_lists_everything_and_needs_no_settings() -> None:
    found = described()
    assert found.exit_code == 0
    assert [name for name, one in ALL.items() if one.kind != WITH_DELETED and name not in found.output] == []


def test_a_name_tells_its_columns_with_unit_and_reference() -> None:
    found = described("ar_open_items")
    assert found.exit_code == 0
    assert "ar_open_items(as_of date DEFAULT company_today()" in found.output
    assert re.search(r"^customer +bigint +customers\.id +yes ", found.output, re.M)
    assert re.search(r"^balance +numeric +major units of currency ", found.output, re.M)
    assert described("customers_with_deleted").exit_code == 0


@pytest.mark.parametrize("how", ["table", "markdown", "json", "dbt"])
def test_a_name_that_there_is_not_ends_with_2_and_names_what_could_be_meant(how: str) -> None:
    found = described("invoice_itms", "--format", how)
    assert found.exit_code == 2
    assert "Did you mean invoice_items" in found.output


def test_json_has_every_column_of_every_kind() -> None:
    found = json.loads(described("--format", "json").output)
    assert {one["kind"] for one in found} == {TABLE, NESTED, VIEW, FUNCTION}
    invoices = next(one for one in found if one["name"] == "invoices")
    assert invoices["key"] == ["id"]
    columns = {one["name"]: one for one in invoices["columns"]}
    assert columns["customer"]["references"] == "customers.id"
    assert columns["balance"]["unit"] == "major units of currency"
    assert "past_due" in columns["status"]["known_values"]


def test_the_diagram_has_the_main_tables_and_draws_each_reference_once() -> None:
    drawn = re.findall(r"^    (\w+) \|o--o\{ (\w+) : ", PAGE.read_text(encoding="utf-8"), re.M)
    assert {name for pair in drawn for name in pair} == set(DRAWN)
    assert len(drawn) == len(set(drawn))


def test_sources_for_dbt_have_every_table_with_tests_of_its_key_and_the_freshness_of_its_resource() -> None:
    text = described("--format", "dbt").output
    tables = dict(re.findall(r"^      - name: (\w+)\n(.*?)(?=^      - |\Z)", text, re.M | re.S))
    assert set(tables) == {one.name for one in dictionary() if one.kind in {TABLE, NESTED, VIEW}}
    for resource in RESOURCES:
        table = tables[resource.name]
        assert re.search(rf'loaded_at_query: "SELECT .*\.mirror_freshness WHERE resource = \'{resource.name}\'"', table)
        key = table[table.index(f"- name: {resource.key_column}\n"):].split("- name:")[1]
        assert "- not_null\n" in key
        assert "- unique\n" in key
    assert "resource = 'invoices'" in tables["invoice_items"]
    assert "loaded_at_query" not in tables["ar_ledger"]
    assert text.count("relationships:") == text.count("config: {severity: warn}")
    assert text.count("relationships:") > 100


def test_sources_for_dbt_of_one_table_refer_to_no_table_that_the_file_lacks() -> None:
    text = described("customers", "--format", "dbt").output
    assert set(re.findall(r"source\('invoiced', '(\w+)'\)", text)) == {"customers"}


def test_sources_for_dbt_are_of_the_schema_in_the_settings_and_quote_it() -> None:
    found = CliRunner().invoke(cli, ["describe", "notes", "--format", "dbt"], env={"SYNC_SCHEMA": "books_2026"})
    assert '    schema: "books_2026"\n' in found.output
    assert r'FROM \"books_2026\".mirror_freshness' in found.output
