"""What RUNBOOK.md quotes is what the program says: each failure is caused for real, and what is seen must stand in its
section. The recipes that mend something are followed as they stand there.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from sync_daemon.errors import Fatal
from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres.connection import translate_error
from sync_daemon.simulator import Simulator
from sync_daemon.tuning import Tuning
from tests.acceptance.conftest import Roads
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import NO_DATABASE, SHORT, is_loaded, query, settings
from tests.support.own_postgres import own_postgres
from tests.support.program import CHECKOUT, Ended, Program, Programs, until
from tests.support.servers import DEBIAN

pytestmark = pytest.mark.slow

TEXT = (CHECKOUT / "RUNBOOK.md").read_text()
MIRRORED = tuple(resource for resource in RESOURCES if resource.name != "events")


def section(heading: str) -> str:
    """The text of a section, without those below it."""
    parts = re.split(r"^#{2,3} (.+)\n", TEXT, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[heading]


def blocks(heading: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", section(heading), re.DOTALL | re.MULTILINE)


def stands_in(heading: str, said: str) -> bool:
    """Whether a section quotes this, whole; … stands for anything."""
    return any(re.fullmatch(re.escape(block.strip()).replace("…", ".*"), said.strip())
               for block in blocks(heading, "text"))


def last_words(ended: Ended) -> str:
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    return "\n".join(lines).removeprefix("invoiced-sync: ")


def logs_what_stands_in(heading: str, program: Program) -> bool:
    """Whether all lines of the log that a section quotes were logged: an event, and its hint if there is one."""
    quoted = [line.split(maxsplit=1) for block in blocks(heading, "text") for line in block.splitlines()]
    wanted = [words for words in quoted if re.fullmatch(r"[a-z]+\.[a-z]+", words[0])]
    assert wanted
    return all(any(len(words) == 1 or re.fullmatch(re.escape(words[1]).replace("…", ".*"), line["hint"])
                   for line in program.logged(words[0])) for words in wanted)


# What ends with a sentence and an exit code.

Cause = tuple[str, int, Callable[[Simulator, str, str], dict[str, str]]]
CAUSES: dict[str, Cause] = {
    "key refused": ("Exit code 77", 77, lambda sim, _dsn, _road: sim.revoke_key() or {}),  # type: ignore[func-returns-value]
    "account closed": ("Exit code 77", 77, lambda sim, _dsn, _road: sim.close_account() or {}),  # type: ignore[func-returns-value]
    "schema older": ("Exit code 78", 78, lambda _sim, _dsn, _road: {"SYNC_AUTO_MIGRATE": "false"}),
    "no such database": ("Exit code 78", 78, lambda _sim, _dsn, road: {"DATABASE_URL": road + "_not"}),
    "no TLS": ("Exit code 78", 78, lambda _sim, _dsn, road: {"DATABASE_URL": road + "?sslmode=require"}),
    "no file": ("Exit code 78", 78, lambda _sim, _dsn, road: {
        "DATABASE_URL": road + "?sslmode=verify-full&sslrootcert=/nowhere.crt"}),
    "no key": ("Exit code 78", 78, lambda _sim, _dsn, _road: {"INVOICED_API_KEY": ""}),
    "port in use": ("The port of the page is in use", 78, lambda sim, _dsn, _road: {
        "SYNC_WEB_LISTEN": sim.url.removeprefix("http://")}),
    "API down": ("Invoiced does not answer", 75, lambda _sim, _dsn, _road: {
        "INVOICED_BASE_URL": "http://127.0.0.1:1"}),
    "database down": ("The database is away", 75, lambda _sim, _dsn, _road: {"DATABASE_URL": NO_DATABASE})}


@pytest.mark.parametrize("cause", CAUSES)
async def test_a_start_that_fails_says_what_its_section_quotes(
        cause: str, programs: Programs, sim: Simulator, database: str, road_to: Roads) -> None:
    heading, code, change = CAUSES[cause]
    async with road_to() as road:
        ended = await programs.call("run", **settings(sim, database) | change(sim, database, road.dsn))
    assert ended.code == code
    assert stands_in(heading, last_words(ended)), last_words(ended)


async def test_another_accounts_key_says_what_its_section_quotes(
        programs: Programs, sim: Simulator, database: str) -> None:
    assert (await programs.call("backfill", "items", **settings(sim, database))).code == 0
    sim.swap_account(seed=99, company_id=4711)
    ended = await programs.call("run", **settings(sim, database))
    assert ended.code == 78
    assert stands_in("Exit code 78", last_words(ended)), last_words(ended)


async def test_a_newer_schema_and_a_primary_without_writes_say_what_their_section_quotes(
        programs: Programs, sim: Simulator, mirror_database: str) -> None:
    await query(mirror_database, "INSERT INTO invoiced._migration (version, name) VALUES (9999, 'of the future')")
    ended = await programs.call("run", **settings(sim, mirror_database))
    assert stands_in("Exit code 78", last_words(ended)), last_words(ended)
    await query(mirror_database, "DELETE FROM invoiced._migration WHERE version = 9999")
    (name,) = (await query(mirror_database, "SELECT current_database()"))[0]
    await query(mirror_database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    ended = await programs.call("run", **settings(sim, mirror_database))
    assert stands_in("The disk of the database is full", last_words(ended)), last_words(ended)


async def test_another_encoding_says_what_its_section_quotes(programs: Programs, server: str) -> None:
    await query(server.format("postgres"), "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    ended = await programs.call("migrate", DATABASE_URL=server.format("ascii"))
    assert ended.code == 78
    assert stands_in("Exit code 78", last_words(ended)), last_words(ended)


def _certificate_refused() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "unable to get local issuer certificate"
    return error


def _update_refused() -> asyncpg.PostgresError:
    error = asyncpg.PostgresError('cannot update table "items"')
    error.detail = "Replica identity must not contain unpublished generated columns."
    return error


@pytest.mark.parametrize(("heading", "error"), [
    ("The disk of the database is full", asyncpg.DiskFullError("could not extend file: No space left on device")),
    ("Exit code 78", asyncpg.InvalidPasswordError('password authentication failed for user "sync"')),
    ("Exit code 78", _certificate_refused()), ("Exit code 78", _update_refused())],
    ids=["disk full", "password", "certificate", "publication"])
def test_what_is_dear_to_cause_is_named_as_its_section_quotes(heading: str, error: Exception) -> None:
    told = translate_error(error, connecting=True)
    assert isinstance(told, Fatal)
    assert stands_in(heading, f"{told}\n  {told.hint}"), f"{told}\n  {told.hint}"


# What happens while it runs.


@asynccontextmanager
async def running(programs: Programs, sim: Simulator, dsn: str, look_at: str | None = None,
                  tuning: Tuning = SHORT) -> AsyncIterator[Program]:
    """The daemon with a complete mirror; `dsn` is its way to the database, `look_at` another one."""
    program = await programs.start("run", tuning=tuning, **settings(sim, dsn, SYNC_INTERVAL="1"))
    await until(lambda: is_loaded(look_at or dsn), "the first load is complete")
    yield program
    assert await program.terminated() == 0


async def test_a_database_that_goes_and_comes_back_is_logged_as_its_section_quotes(
        programs: Programs, sim: Simulator, database: str, road_to: Roads) -> None:
    async with road_to() as road, running(programs, sim, road.dsn, database) as program:
        await road.refuse()
        await until(lambda: program.logged("database.unavailable"), "the database is away")
        await road.open()
        await until(lambda: logs_what_stands_in("The database is away", program), "all that is quoted is logged")


async def test_an_api_that_goes_and_comes_back_is_logged_as_its_section_quotes(
        programs: Programs, sim: Simulator, database: str) -> None:
    async with running(programs, sim, database) as program:
        sim.faults.add("status", "/", status=503)
        await until(lambda: program.logged("api.away"), "the API is away")
        sim.faults.clear()
        await until(lambda: logs_what_stands_in("Invoiced does not answer", program), "all that is quoted is logged")


async def test_held_deletions_are_logged_as_quoted_and_agreed_to_as_told(
        programs: Programs, simulate: Simulate, database: str) -> None:
    heading = "InvoicedSyncDeletionsHeld"
    async with simulate(sizes={"notes": 60}, event_delay=0.0) as sim, running(programs, sim, database) as program:
        for row in await query(database, "SELECT id FROM invoiced.notes ORDER BY id LIMIT 55"):
            sim.account.delete("notes", row["id"])
        await until(lambda: logs_what_stands_in(heading, program), "all that is quoted is logged")
        assert await query(database, "SELECT FROM invoiced.notes OFFSET 59")
        ended = await follow(programs, heading, settings(sim, database), "notes")
        assert ended.code == 0, ended.stdout
        (count,) = await query(database, "SELECT count(*) FROM invoiced._deleted WHERE resource = 'notes'")
        assert count["count"] == 55


async def test_a_list_that_is_refused_is_logged_as_quoted_and_read_again_as_told(
        programs: Programs, sim: Simulator, database: str) -> None:
    heading = "InvoicedSyncAccessLost"
    async with running(programs, sim, database, tuning=Tuning(refusals_apart=2.0)) as program:
        sim.forbid(["notes"])
        await until(lambda: logs_what_stands_in(heading, program), "all that is quoted is logged")
        sim.forbid([])
        (ident,) = sim.account.create("notes")
        assert (await follow(programs, heading, settings(sim, database), "notes")).code == 0
        assert await query(database, "SELECT FROM invoiced.notes WHERE id = $1", ident)
        assert await query(database,
                           "SELECT FROM invoiced._resource_state WHERE resource = 'notes' AND unavailable_at IS NULL")


async def test_a_rejected_record_is_told_as_quoted_and_goes_when_it_is_corrected(
        programs: Programs, sim: Simulator, database: str) -> None:
    stamp = int(time.time())
    async with running(programs, sim, database):
        sim.account.raw("notes", f'{{"id":77000001,"notes":1e200000,"updated_at":{stamp}}}')
        await until(lambda: query(database, "SELECT FROM invoiced._rejected"), "it is put aside")
        ended = await programs.call("status", DATABASE_URL=database)
        assert ended.code == 3
        assert any(stands_in("InvoicedSyncRejects", line) for line in ended.stdout.splitlines()), ended.stdout
        sim.account.raw("notes", f'{{"id":77000001,"notes":"right","updated_at":{stamp}}}', replace=True)
        await until(lambda: query(database, "SELECT FROM invoiced.notes WHERE id = 77000001"), "it is stored")
        assert not await query(database, "SELECT FROM invoiced._rejected")


async def follow(programs: Programs, heading: str, environment: dict[str, str], name: str) -> Ended:
    """Does what the last block of commands of a section says, with the program's own call."""
    (line,) = [re.sub(r"\s+#.*", "", line) for line in blocks(heading, "sh")[-1].splitlines()]
    _, *words = line.split()
    return await programs.call(*[name if word == "NAME" else word for word in words], tuning=SHORT, **environment)


@pytest.mark.parametrize(("offset", "line"), [(-86400, 0), (86400, 1)])
async def test_a_clock_that_is_wrong_is_named_by_check_as_its_section_quotes(
        offset: int, line: int, programs: Programs, sim: Simulator, database: str) -> None:
    sim.set_clock(date_offset=offset)
    ended = await programs.call("check", **settings(sim, database))
    quoted = blocks("A clock is wrong", "text")[0].splitlines()[line]
    assert re.search(f"^{re.escape(quoted).replace('…', '.*')}$", ended.stdout, re.MULTILINE), ended.stdout


# Recipes.


async def do(*command: str | Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Runs something; its exit code, and all that it said."""
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE,
                                                   stderr=asyncio.subprocess.STDOUT)
    said = (await process.communicate())[0].decode()
    assert process.returncode is not None
    return process.returncode, said


async def test_isync_is_the_program_with_the_settings_of_the_service(
        programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> None:
    assert (await programs.call("backfill", "items", **settings(sim, database))).code == 0
    folder = tmp_path / "etc"
    (folder / "credentials").mkdir(parents=True)
    (folder / "credentials" / "invoiced_api_key").write_text(f"{sim.api_key}\n")
    (folder / "credentials" / "database_url").write_text(f"{database}\n")
    (folder / "sync-daemon.env").write_text(f"INVOICED_BASE_URL={sim.url}\nSYNC_RESOURCES=items\n")
    (function,) = [block for block in blocks("How to look", "sh") if "isync()" in block]
    function = function.replace("/etc/invoiced-sync", str(folder)).replace(
        "/opt/invoiced-sync/bin/invoiced-sync", f"{programs.python} -m sync_daemon")
    for call in ("isync check", "isync status"):
        code, said = await do("bash", "-c", f"{function}\n{call}", env=programs.environment({}))
        assert code == 0, said
        assert "items" in said


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's Postgres 15 is not installed")
async def test_an_old_dump_restored_elsewhere_catches_up_with_all_that_changed_since(
        programs: Programs, sim: Simulator) -> None:
    dump = programs.folder / "invoiced.dump"
    async with own_postgres() as postgres:
        old = await postgres.create("books", may_forget=False)
        new = await postgres.create("elsewhere", may_forget=False)
        assert (await programs.call("backfill", **settings(sim, old))).code == 0
        assert await do(DEBIAN / "pg_dump", "-Fc", "-n", "invoiced", "-d", old, "-f", dump) == (0, "")
        for resource in ("notes", "tasks"):
            (first,) = await query(old, f"SELECT min(id) AS id FROM invoiced.{resource}")
            sim.account.create(resource, 3)
            sim.account.delete(resource, first["id"])
        sim.account.touch(20)
        assert (await programs.call("backfill", **settings(sim, old))).code == 0
        assert await do(DEBIAN / "pg_restore", "--exit-on-error", "-d", new, dump) == (0, "")
        for line in blocks("Backup and restore", "sh")[-1].splitlines():
            if line.startswith("isync "):
                verb, *words = re.sub(r"\s+#.*", "", line).split()[1:]
                ended = await programs.call(verb, *words, **settings(sim, new))
                assert ended.code == 0, ended.stdout + ended.stderr
        assert await differences(sim.url, sim.api_key, new, resources=MIRRORED) == {}
        (gone,) = await query(new, "SELECT count(*) FROM invoiced._deleted")
        assert gone["count"] == 2
