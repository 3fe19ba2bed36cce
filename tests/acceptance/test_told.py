"""What is not right is told wherever one may look: in the log, by `status`, on the page, by /readyz and exit codes.

The real program; each test ends with everything in order again, or says why not.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import urllib.request
from typing import Any

import aiohttp
import pytest

from sync_daemon.simulator import Simulator
from sync_daemon.tuning import Tuning
from tests.acceptance.test_page import url_of
from tests.acceptance.test_status_and_check import of_resource, status
from tests.conftest import Simulate
from tests.support.mirror import SHORT, query, settings
from tests.support.program import Program, Programs, until

FEW = "customers,items,notes,invoices"


def shown(sim: Simulator, dsn: str, **more: str) -> dict[str, str]:
    """Settings of a daemon of a few lists that is quick and has a page."""
    quick = {"SYNC_WEB_LISTEN": "127.0.0.1:0", "SYNC_INTERVAL": "1", "SYNC_RESOURCES": FEW}
    return settings(sim, dsn, **(quick | more))


async def ask(url: str, path: str = "") -> tuple[int, str]:
    """What is answered, and its words."""
    async with aiohttp.ClientSession() as session, session.get(url + path) as answer:
        return answer.status, " ".join(re.sub("<[^>]+>", " ", await answer.text()).split())


async def ready(url: str) -> bool:
    return (await ask(url, "readyz"))[0] == 200


async def until_ready(program: Program) -> str:
    """Waits until all is in order; the URL of the page."""
    url = await url_of(program)
    await until(lambda: ready(url), "it is ready")
    return url


def kinds(problems: list[dict[str, Any]]) -> list[str]:
    return [problem["kind"] for problem in problems]


@pytest.mark.slow
async def test_a_list_that_only_answers_500_is_shown_as_retrying_everywhere_with_since_and_why(
        programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", tuning=Tuning(retrying_shown=1.0), **shown(sim, database))
    url = await until_ready(program)
    sim.faults.add("status", "/notes", status=500)
    [line] = await until(lambda: program.logged("resource.retrying"), "the log tells")
    assert (line["level"], line["resource"]) == ("warning", "notes")
    assert "500" in line["why"]
    code, told = await status(programs, database)
    assert (code, told["green"]) == (3, False)
    [problem] = of_resource(told, "notes")["problems"]
    assert problem["kind"] == "retrying"
    assert "the API answered 500" in problem["sentence"]
    for_people = await programs.call("status", DATABASE_URL=database)
    since_and_why = r"^notes: retrying: .*the API answered 500.* \(for \d+ (s|min)\)$"
    assert re.search(since_and_why, for_people.stdout, re.MULTILINE)
    code, said = await ask(url, "readyz")
    assert (code, "retrying: notes" in said) == (503, True)
    assert re.search(r"retrying: the API answered 500 \(for \d+ (s|min)\)", (await ask(url))[1])
    sim.faults.clear()
    await until(lambda: ready(url), "it is ready again")

    async def is_green() -> bool:  # the database is told with the next success
        ended = await programs.call("status", DATABASE_URL=database, SYNC_RESOURCES=FEW)
        return (ended.code, ended.stdout.splitlines()[-1]) == (0, "All is green.")

    await until(is_green, "status says so too")
    assert len(program.logged("resource.retrying")) == 1
    assert program.logged("resource.failed") == []
    assert await program.terminated() == 0


async def test_two_daemons_on_one_schema_are_told_by_both_until_one_ends(
        programs: Programs, sim: Simulator, database: str) -> None:
    first = await programs.start("run", **shown(sim, database))
    await until_ready(first)
    second = await programs.start("run", **shown(sim, database))
    for program in (first, second):
        [line] = await until(lambda one=program: one.logged("daemon.second"), "the log tells")
        assert (line["level"], line["others"]) == ("warning", 1)
        url = await url_of(program)

        async def shows(url: str = url) -> bool:  # what is shown may be some seconds old
            code, said = await ask(url, "readyz")
            told = "2 daemons run on this schema"
            return code == 503 and told in said and told in (await ask(url))[1]

        await until(shows, "both show it")
    code, told = await status(programs, database)
    assert (code, told["green"], kinds(told["problems"])) == (3, False, ["daemon"])
    assert "runs 2, 1" in told["problems"][0]["sentence"]
    for_people = await programs.call("status", DATABASE_URL=database)
    assert "2 daemons run on this schema" in for_people.stdout
    assert "stop all but one" in for_people.stdout
    assert await second.terminated() == 0
    await until_ready(first)
    assert (await status(programs, database))[1]["problems"] == []
    assert len(first.logged("daemon.second")) == 1
    assert await first.terminated() == 0


@pytest.mark.slow
async def test_many_short_runs_do_not_hide_a_daemon_that_lives(
        programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", **shown(sim, database))
    await until_ready(program)
    for _ in range(6):
        assert (await programs.call("resync", "items", **shown(sim, database))).code == 0
    ended = await programs.call("status", DATABASE_URL=database, SYNC_RESOURCES=FEW)
    assert ended.code == 0, ended.stdout
    assert "Nothing runs now" not in ended.stdout
    assert ended.stdout.splitlines()[-1] == "All is green."
    assert await program.terminated() == 0
    ended = await programs.call("status", DATABASE_URL=database, SYNC_RESOURCES=FEW)
    assert ended.code == 0, "one that was stopped in order may rest"
    assert "Nothing runs now" in ended.stdout


@pytest.mark.slow
async def test_many_short_runs_do_not_hide_a_daemon_that_was_killed(
        programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", **shown(sim, database))
    await until_ready(program)
    await program.kill()
    await query(database, "UPDATE invoiced._run SET beat_at = beat_at - interval '10 minutes'")
    for _ in range(6):
        assert (await programs.call("resync", "items", **shown(sim, database))).code == 0
    code, told = await status(programs, database)
    assert (code, told["green"], kinds(told["problems"])) == (3, False, ["daemon"])
    ended = await programs.call("status", DATABASE_URL=database, SYNC_RESOURCES=FEW)
    assert ended.code == 3
    assert "The daemon (run 1) was killed; its last sign of life was 1" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("Not in order: the daemon was killed.")
    assert "Nothing runs now" in ended.stdout
    again = await programs.start("run", **shown(sim, database))
    await until_ready(again)
    assert (await programs.call("status", DATABASE_URL=database, SYNC_RESOURCES=FEW)).code == 0
    assert await again.terminated() == 0


async def test_a_first_load_is_told_in_the_log_and_what_is_unavailable_is_not_called_complete(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200, sizes={"invoices": 1200}, dense={}) as sim:
        sim.forbid(["items"])
        assert (await programs.call("backfill", "items", tuning=SHORT, **shown(sim, database))).code == 0
        sim.faults.hold({"path": "/invoices", "query": "per_page=100"}, count=1000)
        program = await programs.start("run", tuning=Tuning(load_told=1.0), **shown(sim, database))
        url = await url_of(program)

        def told() -> list[dict[str, Any]]:
            return [line for line in program.logged("load.progress") if (line["complete"], line["of"]) == (2, 3)]

        await until(told, "the log tells how far it is: of three lists two are complete")
        line = told()[-1]
        assert line["reading"] == ["invoices"]
        assert 0 <= line["percent"] < 100
        code, said = await ask(url, "readyz")
        assert (code, "2 of 3 resources are complete, 1 unavailable" in said) == (503, True)
        assert "2 of 3 resources are complete, 1 unavailable." in (await ask(url))[1]
        sim.faults.release()
        await until_ready(program)
        lines = len(program.logged("load.progress"))
        done = len(program.logged("cycle.done"))
        await until(lambda: len(program.logged("cycle.done")) > done + 3, "some cycles")
        assert len(program.logged("load.progress")) <= lines + 1, "no load, no progress"
        assert await program.terminated() == 0


async def test_a_list_that_fails_at_first_is_loaded_while_a_long_first_load_goes_on(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200, sizes={"invoices": 1200}, dense={}) as sim:
        sim.faults.hold({"path": "/invoices", "query": "per_page=100"}, count=1000)
        sim.faults.add("status", "^/items$", status=400)
        sim.forbid(["notes"])
        program = await programs.start("run", tuning=SHORT, **shown(sim, database))
        await until(lambda: program.logged("resource.failed"), "one fails")
        await until(lambda: program.logged("resource.unavailable"), "one is refused twice")
        sim.faults.clear()

        is_loaded = "SELECT FROM invoiced._resource_state WHERE resource = $1 AND loaded_at IS NOT NULL"

        async def loaded() -> bool:
            return bool(await query(database, is_loaded, "items"))

        await until(loaded, "it is loaded")
        assert not await query(database, is_loaded, "invoices")
        assert await query(database, "SELECT FROM invoiced._problem WHERE resource = 'items'") == []
        sim.faults.release()
        await until_ready(program)
        assert await program.terminated() == 0


async def test_an_object_that_never_was_is_said_not_to_exist_and_no_other_list_spoils_that(
        programs: Programs, sim: Simulator, database: str) -> None:
    told = settings(sim, database, SYNC_RESOURCES=FEW)
    sim.faults.add("status", "/notes", status=400)
    assert (await programs.call("backfill", tuning=SHORT, **told)).code == 3
    ended = await programs.call("resync", "invoices", "--id", "999999999", tuning=SHORT, **told)
    assert ended.code == 0, ended.stdout
    assert ended.stdout.strip() == "There is no invoices 999999999, neither at the source nor here."
    (row,) = sim.account.tables["invoices"].by_id[:1]
    ended = await programs.call("resync", "invoices", "--id", str(row.id), tuning=SHORT, **told)
    assert (ended.code, ended.stdout.strip()) == (0, f"invoices {row.id} was read again.")
    ended = await programs.call("resync", "invoices", tuning=SHORT, **told)
    assert ended.code == 0, ended.stdout
    assert "notes" not in ended.stdout
    for words in (("notes",), ("notes", "--id", "5")):
        ended = await programs.call("resync", *words, tuning=SHORT, **told)
        assert ended.code == 3, ended.stdout


async def test_verify_of_what_was_never_loaded_says_so_and_notes_nothing(
        programs: Programs, sim: Simulator, database: str) -> None:
    told = settings(sim, database, SYNC_RESOURCES=FEW)
    assert (await programs.call("migrate", DATABASE_URL=database)).code == 0
    before = await filled(database)
    ended = await programs.call("verify", **told)
    assert ended.code == 3, ended.stderr
    assert "Not loaded: " in ended.stdout
    assert "equal" not in ended.stdout
    ended = await programs.call("verify", "--json", **told)
    assert json.loads(ended.stdout)["equal"] is False
    assert await filled(database) - before <= {"_run", "_account"}


async def filled(dsn: str) -> set[str]:
    """The tables that have rows."""
    tables = await query(dsn, "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'invoiced'")
    return {table["name"] for table in tables if await query(dsn, f'SELECT FROM invoiced."{table["name"]}" LIMIT 1')}


@pytest.mark.slow
async def test_health_is_told_fast_while_tens_of_thousands_of_deletions_wait_for_a_person(
        programs: Programs, simulate: Simulate, database: str) -> None:
    """The daemon is a process of its own, and who asks a thread of its own: neither waits for the pretend account."""
    slowest, asked, done = 0.0, 0, threading.Event()

    def keep_asking(url: str) -> None:
        nonlocal slowest, asked
        while not done.wait(0.02):
            begun = time.monotonic()
            with urllib.request.urlopen(url + "livez", timeout=30) as answer:
                assert answer.status == 200
            slowest, asked = max(slowest, time.monotonic() - begun), asked + 1

    async def held() -> int:
        rows = await query(database, "SELECT count(*) AS n FROM invoiced._refetch_queue WHERE held")
        return int(rows[0]["n"])

    async def sweep_now() -> None:
        [row] = await query(database,
                            "UPDATE invoiced._resource_state SET sweep_wanted_at = now() WHERE resource = 'notes' "
                                      "RETURNING sweep_wanted_at AS at")

        async def swept() -> bool:
            return bool(await query(database,
                                    "SELECT FROM invoiced._resource_state WHERE resource = 'notes' AND swept_at > $1",
                                    row["at"]))

        await until(swept, "the list is read whole")

    async with simulate(objects=60, sizes={"notes": 25_000, "customers": 5}, dense={}) as sim:
        program = await programs.start("run", tuning=SHORT, **shown(sim, database, SYNC_RESOURCES="customers,notes"))
        url = await until_ready(program)
        await query(database, "UPDATE invoiced.notes SET read_at = read_at - interval '1 hour'")
        asking = asyncio.create_task(asyncio.to_thread(keep_asking, url))
        try:
            for row in list(sim.account.tables["notes"].by_id)[1000:]:
                sim.account.tables["notes"].remove(row)
            await sweep_now()

            async def all_held() -> bool:
                return await held() == 24_000

            await until(all_held, "all wait for a person")
            sim.stats.reset()
            await sweep_now()
            await query(database, "UPDATE invoiced._refetch_queue SET next_attempt_at = now()")
            cycles = len(program.logged("cycle.done"))
            await until(lambda: len(program.logged("cycle.done")) > cycles + 2, "some cycles")
        finally:
            done.set()
            await asking
        assert [path for path in sim.stats.by_path if path.startswith("/notes/")] == []
        assert sim.stats.by_path["/notes"] < 50
        assert await query(database, "SELECT FROM invoiced._deleted") == []
        assert asked > 20
        assert slowest < 1.5
        assert (await ask(url, "readyz"))[0] == 503
        assert await program.terminated() == 0
