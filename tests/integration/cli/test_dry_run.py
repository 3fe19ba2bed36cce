"""`backfill --dry-run` foretells a first load, and leaves no trace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync_daemon.cli.dry_run import dry_run
from sync_daemon.errors import Exit, Fatal
from sync_daemon.runtime import jobs
from sync_daemon.settings.fields import Settings
from sync_daemon.simulator import Simulator
from tests.conftest import Open, settings_for

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"


async def foretold(capsys: pytest.CaptureFixture[str], settings: Settings) -> dict[str, Any]:
    await dry_run(settings, as_json=True)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told | {"resources": {line["resource"]: line for line in told["resources"]}}


async def test_the_rows_are_those_of_the_account_and_no_database_is_opened(
        sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    told = await foretold(capsys, settings_for(sim, NO_DATABASE))
    lines = told["resources"]
    for name in ("customers", "invoices", "subscriptions", "items", "charges"):
        assert lines[name]["rows"] == sim.account.count(name)
    assert lines["contacts"]["rows"] is None
    assert lines["contacts"]["requests"] == sim.account.count("customers")
    assert lines["payment_plans"]["requests"] is None
    assert "not counted" in lines["payment_plans"]["note"]
    assert told["seconds"] > 0


async def test_the_requests_are_about_what_the_load_takes(sim: Simulator, open_session: Open,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    told = await foretold(capsys, settings_for(sim, NO_DATABASE))
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert told["requests"] == pytest.approx(session.context.reader.api.requests, rel=0.5)


async def test_what_the_account_may_not_read_is_named(sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    sim.features(disable=["metered_billing"])
    sim.forbid(["customers"])
    lines = (await foretold(capsys, settings_for(sim, NO_DATABASE)))["resources"]
    assert lines["customers"]["state"] == "unavailable"
    assert lines["pending_line_items"]["state"] == "unavailable"
    assert lines["invoices"]["state"] == "ready"


async def test_only_the_resources_named_are_asked_for(sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_for(sim, NO_DATABASE, sync_resources="customers,contacts")
    assert set((await foretold(capsys, settings))["resources"]) == {"customers", "contacts"}
    assert set(sim.stats.by_path) == {"/companies/current", "/customers", "/customers/:customer_id/contacts"}


async def test_a_refused_key_or_an_unreachable_api_ends_it(sim: Simulator) -> None:
    with pytest.raises(Fatal, match="no connection") as away:
        await dry_run(settings_for(sim, NO_DATABASE, invoiced_base_url="http://127.0.0.1:1"), as_json=True)
    assert away.value.exit_code is Exit.TEMPORARY
    sim.revoke_key()
    with pytest.raises(Fatal) as refused:
        await dry_run(settings_for(sim, NO_DATABASE), as_json=True)
    assert refused.value.exit_code is Exit.REFUSED


async def test_a_person_reads_totals_and_what_is_next(sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    await dry_run(settings_for(sim, NO_DATABASE), as_json=False)
    said = capsys.readouterr().out
    assert "with at most 12 in flight, not counting payment_plans." in said
    assert said.rstrip().endswith("Nothing was written. Without --dry-run, `invoiced-sync backfill` loads it.")
