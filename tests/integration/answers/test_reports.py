"""`report`: the answers of the ledger as a table, CSV and JSON; read-only, and honest about what it rests on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from sync_daemon.cli.report import Wanted, list_reports, report
from sync_daemon.errors import Exit, Fatal
from sync_daemon.postgres.reports import REPORTS
from sync_daemon.settings.fields import Settings
from tests.integration.answers.conftest import Ask

FRESH = """INSERT INTO _resource_state (resource, load_started_at, loaded_at, succeeded_at, swept_at)
           SELECT r, now(), now(), now(), now() FROM unnest($1::text[]) AS r"""
NEEDED = sorted({name for one in REPORTS for name in one.needs})


@pytest.fixture
async def settings(ask: Ask, mirror_database: str) -> Settings:
    """Of a mirror of the ledger that is fresh and complete."""
    await ask(FRESH, NEEDED)
    return Settings(invoiced_api_key="none", database_url=mirror_database)  # type: ignore[arg-type]  # texts


async def told(settings: Settings, name: str, capsys: pytest.CaptureFixture[str], how: str = "json",
               code: Exit = Exit.OK, **wanted: Any) -> str:
    capsys.readouterr()
    assert await report(settings, name, Wanted(**wanted), how=how, output=None) is code
    return capsys.readouterr().out


@pytest.mark.parametrize("name", [one.name for one in REPORTS])
@pytest.mark.parametrize("how", ["table", "csv", "json"])
async def test_every_report_is_made_in_every_form(name: str, how: str, settings: Settings,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    customer = {"customer": 103} if name == "statement" else {}
    out = await told(settings, name, capsys, how, **customer)
    if how == "json":
        found = json.loads(out)
        assert found["report"] == name
        assert found["time_zone"] == "America/New_York"
        assert found["warnings"] == []
    elif how == "csv":
        assert len(list(csv.reader(io.StringIO(out)))) >= 1
    assert out


async def test_aging_has_money_as_text_with_the_decimals_of_its_currency(
        settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(await told(settings, "aging", capsys, as_of="2026-05-15"))
    amounts = {(row["currency"], row["bucket"]): row["amount"] for row in found["rows"]}
    assert amounts["usd", "current"] == "408.00"
    assert amounts["jpy", "31-60"] == "100000"
    assert amounts["kwd", "1-30"] == "12.345"
    assert found["as_of"] == "2026-05-15"


async def test_aging_by_customer_and_by_other_buckets(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(await told(settings, "aging", capsys, as_of="2026-05-15", by="customer", customer=103))
    assert [(row["total"], row["credit_balance"]) for row in found["rows"]] == [("300.00", "125.00")]
    found = json.loads(await told(settings, "aging", capsys, as_of="2026-05-15", edges=(10,), currency="USD"))
    assert [row["bucket"] for row in found["rows"]] == ["credits", "current", "1-10", "11+"]


async def test_a_statement_opens_moves_and_closes(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(await told(settings, "statement", capsys, customer=101, since="2026-02-28", upto="2026-05-15"))
    kinds = [row["kind"] for row in found["rows"]]
    assert (kinds[0], kinds[-1]) == ("opening", "closing")
    assert found["rows"][-1]["balance"] == "370.00"
    assert found["rows"][-2]["balance"] == "370.00"


async def test_a_formula_is_none_in_a_spreadsheet(settings: Settings, ask: Ask,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    await ask("""UPDATE customers SET raw = raw || '{"name": "=HYPERLINK(\\"x\\")"}' WHERE id = 110""")
    out = await told(settings, "unapplied", capsys, "csv")
    assert "'=HYPERLINK" in out


async def test_what_is_late_is_printed_with_a_warning_and_3(settings: Settings, ask: Ask,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    await ask("UPDATE _resource_state SET unavailable_at = now() WHERE resource = 'transactions'")
    assert await report(settings, "aging", Wanted(), how="json", output=None) is Exit.PARTLY
    shown = capsys.readouterr()
    assert "transactions: unavailable" in shown.err
    assert json.loads(shown.out)["warnings"]


async def test_what_is_not_mirrored_is_told(settings: Settings, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    await ask("DELETE FROM _resource_state WHERE resource = 'payment_plans'")
    assert await report(settings, "aging", Wanted(), how="csv", output=None) is Exit.PARTLY
    assert "payment_plans: not mirrored" in capsys.readouterr().err
    await ask("DELETE FROM _resource_state")
    assert await report(settings, "quality", Wanted(), how="csv", output=None) is Exit.OK


@pytest.mark.parametrize(("name", "wanted", "said"), [
    ("aging", {"as_of": "yesterday"}, "is no day"), ("statement", {}, "of one customer"),
    ("aging", {"edges": (60, 30)}, "edges are whole days"), ("dso", {"customer": 5}, "takes no --customer"),
    ("cash", {"since": "2026-05-01", "upto": "2026-04-01"}, "is after"), ("cash", {"by": "customer"}, "is not made by"),
], ids=str)
async def test_wrong_usage_is_told_with_2(name: str, wanted: dict[str, Any], said: str, settings: Settings) -> None:
    with pytest.raises(Fatal, match=said) as caught:
        await report(settings, name, Wanted(**wanted), how="table", output=None)
    assert caught.value.exit_code is Exit.USAGE


async def test_a_file_is_written_or_its_failure_told(settings: Settings, tmp_path: Path) -> None:
    assert await report(settings, "aging", Wanted(), how="table", output=tmp_path / "aging.csv") is Exit.OK
    assert (tmp_path / "aging.csv").read_bytes().startswith(b"currency,bucket,amount,items\r\n")
    with pytest.raises(Fatal, match="can't be written"):
        await report(settings, "aging", Wanted(), how="csv", output=tmp_path / "none" / "aging.csv")


def test_the_list_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    list_reports()
    out = capsys.readouterr().out
    assert all(one.name in out for one in REPORTS)
