"""Databases as they are: without a superuser, behind a pooler, over TLS that is checked, with a standby that takes
over, in a schema of any name. The real program and real servers; the mirror ends equal to the account."""

from __future__ import annotations

import asyncio
import random
import shutil
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

import pytest

from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres.statements import quote
from sync_daemon.simulator import Simulator
from tests.acceptance.test_proxy import FAST, becomes_equal, ended_clearly
from tests.acceptance.test_runbook import last_words, stands_in
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import query, settings
from tests.support.program import Ended, Programs, until
from tests.support.roles import books_in
from tests.support.servers import (
    DEBIAN,
    PGBOUNCER,
    Postgres,
    folder_for,
    free_port,
    pgbouncer,
    running,
)

pytestmark = pytest.mark.slow

ODD = 'Books 2"x'
FEW = ("customers", "invoices", "items", "contacts", "events")
OF_FEW = tuple(BY_NAME[name] for name in FEW)
PASSWORD = "pl4nted-w0rd"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=150, sizes={"tasks": 20}, dense={}, event_delay=0.0, slots=1000) as sim:
        yield sim


def change(sim: Simulator, seed: int) -> None:
    """Rows come, change and go."""
    sim.account.touch(5)
    sim.account.create("invoices", 2)
    sim.account.create("contacts")
    sim.account.delete("tasks", random.Random(seed).choice(sim.account.ids("tasks")))


async def rows_of(dsn: str, sql: str, schema: str = "invoiced") -> int:
    """What a count gives; 0 while the mirror is not there yet. `{}` in it stands for the schema."""
    if not await query(dsn, "SELECT WHERE to_regclass($1) IS NOT NULL", f"{quote(schema)}._checkpoint"):
        return 0
    return int((await query(dsn, sql.format(quote(schema))))[0][0] or 0)


async def is_loaded(dsn: str, schema: str = "invoiced", resources: int = 32) -> bool:
    loaded = "SELECT count(*) FROM {}._resource_state WHERE loaded_at IS NOT NULL"
    return await rows_of(dsn, loaded, schema) >= resources


# No superuser anywhere, and a schema of any name.


async def test_with_the_roles_of_the_script_everything_works_without_a_superuser(
        programs: Programs, sim: Simulator, database: str) -> None:
    begun = time.time()
    async with books_in(database, ODD) as books:
        owner, writer = (books.url(books.role(which)) for which in ("owner", "writer"))
        service = settings(sim, writer, SYNC_SCHEMA=ODD, SYNC_AUTO_MIGRATE="false", **FAST)
        assert await books.make_roles() == ""
        ended = await programs.call("backfill", **service)
        assert ended.code == 78
        assert ended.says("not up to date", "invoiced-sync migrate")
        assert (await programs.call("migrate", DATABASE_URL=owner, SYNC_SCHEMA=ODD)).code == 0
        program = await programs.start("run", **service)
        await until(lambda: is_loaded(database, ODD), "the first load is complete")
        assert await books.make_roles() == ""  # from here on they have no more than they need
        for seed in range(2):
            change(sim, seed)
            await becomes_equal(sim, database, begun, schema=ODD)
        assert await program.terminated() == 0
        sim.account.touch(3, silent=True)
        sim.account.delete("notes", sim.account.ids("notes")[0], silent=True)
        for call in (("verify", "--repair"), ("resync", "payments"), ("backfill",), ("check",), ("status",)):
            ended = await programs.call(*call, **service)
            assert ended.code == 0, (call, ended.stdout[-2000:], ended.stderr[-2000:])
        assert await differences(sim.url, sim.api_key, database, schema=ODD, since_event=begun + 1) == {}
        gone = "SELECT count(*) FROM {}.tasks_with_deleted WHERE deleted_at IS NOT NULL"
        assert await rows_of(books.url(books.role("reader")), gone, ODD) == 2
        ended = await programs.call("migrate", DATABASE_URL=writer, SYNC_SCHEMA="another")
        assert ended.code == 78
        assert ended.says("lacks a right", "roles.sql")


async def test_a_schema_may_have_any_name(programs: Programs, sim: Simulator, database: str) -> None:
    begun = time.time()
    named = settings(sim, database, SYNC_SCHEMA=ODD, **FAST)
    program = await programs.start("run", **named)
    await until(lambda: is_loaded(database, ODD), "the first load is complete")
    change(sim, 1)
    await becomes_equal(sim, database, begun, schema=ODD)
    assert await program.terminated() == 0
    for verb in ("check", "status"):
        ended = await programs.call(verb, **named)
        assert ended.code == 0, ended.stdout[-2000:]
        assert ODD in ended.stdout
    elsewhere = await query(database, "SELECT FROM pg_tables WHERE schemaname IN ('public', 'invoiced')")
    assert elsewhere == []


async def test_a_daemon_that_rests_gives_its_connections_back(
        programs: Programs, sim: Simulator, database: str) -> None:
    """Twenty accounts on one server would fill it otherwise."""
    ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    async def connections(wanted: range) -> bool:
        return len(await query(database, ours)) in wanted

    program = await programs.start("run", **settings(sim, database, SYNC_WEB_LISTEN="127.0.0.1:0"))
    await until(lambda: connections(range(2, 10)), "it has several connections")
    await until(lambda: program.logged("cycle.done"), "a cycle is done")
    await until(lambda: connections(range(2)), "it has one at the most", 20)
    assert program.running
    assert not program.logged("database.unavailable")
    assert await program.terminated() == 0


# A pooler in transaction mode.


async def test_behind_a_pooler_many_processes_share_two_connections(
        programs: Programs, simulate: Simulate, debian: Postgres, books: str) -> None:
    if not PGBOUNCER.is_file():
        pytest.skip("pgbouncer is not installed (apt-get install pgbouncer)")
    begun, direct = time.time(), debian.url(books)
    behind = f"host={debian.folder} port={debian.port}"
    async with simulate(objects=150, sizes={"invoices": 600, "tasks": 20}, dense={}, event_delay=0.0, slots=1000,
                        latency=0.01) as sim, running_pgbouncer(behind) as port:
        pooled = f"postgresql://postgres@127.0.0.1:{port}/{books}"
        service = settings(sim, pooled, **FAST)
        for program in [await programs.start("migrate", DATABASE_URL=pooled) for _ in range(2)]:
            assert await program.ended() == 0, program.stderr
        killed = await programs.start("backfill", **service)
        seen = "SELECT sum(seen) FROM {}._checkpoint WHERE resource = 'invoices'"
        await until(lambda: more_than(100, direct, seen), "some pages are committed")
        await killed.kill()
        assert not await is_loaded(direct)
        daemon, backfill = [await programs.start(verb, **service) for verb in ("run", "backfill")]
        assert (await programs.call("status", **service)).code in {0, 3}
        await until(lambda: is_loaded(direct), "the first load is complete")
        assert await backfill.ended() == 0, backfill.stderr[-2000:]
        change(sim, 1)
        await becomes_equal(sim, direct, begun)
        for program in [await programs.start(*call, **service) for call in (
                ("check",), ("status",), ("verify", "notes", "items"), ("migrate",), ("backfill", "notes"))]:
            assert await program.ended() == 0, (program.arguments, program.stdout[-1000:], program.stderr[-1000:])
        change(sim, 2)
        await becomes_equal(sim, direct, begun)
        lines = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                 "AND backend_type = 'client backend'")
        await until(lambda: not_more_than(2, direct, lines), "they share two connections")
        assert await daemon.terminated() == 0
        assert not [program.arguments for program in programs.started if program.logged("resource.failed")]
        for wrong, words in ((f"postgresql://stranger@127.0.0.1:{port}/{books}", "user"),
                             (f"{pooled}?options=-csearch_path%3Dx", "options")):
            refused = await programs.call("status", DATABASE_URL=wrong)
            assert refused.code == 78, refused.stderr
            assert refused.says("the pooler refuses", words)


@asynccontextmanager
async def running_pgbouncer(behind: str) -> AsyncIterator[int]:
    with folder_for("pool") as folder:
        async with pgbouncer(folder, behind, pool_size=2) as port:
            async def listens() -> bool:
                with suppress(OSError):
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    return True
                return False

            await until(listens, "the pooler listens")
            yield port


async def more_than(number: int, dsn: str, sql: str) -> bool:
    return await rows_of(dsn, sql) > number


async def not_more_than(number: int, dsn: str, sql: str) -> bool:
    return await rows_of(dsn, sql) <= number


# Logical replication.


async def test_check_sees_that_a_database_is_a_subscriber(programs: Programs, sim: Simulator) -> None:
    if not DEBIAN.is_dir():
        pytest.skip("Debian's Postgres 15 is not installed (apt-get install postgresql-15)")
    with folder_for("logical") as folder:
        postgres = Postgres(folder, ("wal_level=logical", "shared_buffers=16MB"))
        await postgres.initialize()
        async with running(postgres):
            await query(postgres.url(), "CREATE DATABASE other")
            for name in ("postgres", "other"):
                assert (await programs.call("migrate", DATABASE_URL=postgres.url(name))).code == 0
            await query(postgres.url(), "CREATE PUBLICATION ours FOR TABLE invoiced.items, invoiced.notes")
            await query(postgres.url(), "SELECT pg_create_logical_replication_slot('ours', 'pgoutput')")
            await query(postgres.url("other"), f"CREATE SUBSCRIPTION ours CONNECTION 'host={folder} user=postgres "
                        "dbname=postgres' PUBLICATION ours WITH (create_slot = false, copy_data = false)")
            assert (await programs.call("check", **settings(sim, postgres.url()))).code == 0
            ended = await programs.call("check", **settings(sim, postgres.url("other")))
            assert ended.code == 78, ended.stdout
            assert "are written by logical replication (ours)" in ended.stdout
            await query(postgres.url("other"), "ALTER SUBSCRIPTION ours DISABLE")
            assert (await programs.call("check", **settings(sim, postgres.url("other")))).code == 0


# TLS that is checked.


class Wire:
    """A way to a server over TCP that keeps what the client sent. While `cut`, it breaks within the handshake."""

    def __init__(self, behind: int | str) -> None:
        self.behind = behind
        self.sent = bytearray()
        self.cut = False
        self.broken = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    async def _carry(self, near: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
        far, far_writer = await (asyncio.open_connection("127.0.0.1", self.behind) if isinstance(self.behind, int)
                                 else asyncio.open_unix_connection(self.behind))

        async def back() -> None:
            while data := await far.read(65536):
                near_writer.write(data)
            near_writer.close()

        answers = asyncio.create_task(back())
        with suppress(OSError):
            while data := await near.read(65536):
                self.sent += data
                if self.cut and data != SSL_REQUEST:
                    self.broken += 1
                    break
                far_writer.write(data)
        for one in (near_writer, far_writer):
            one.transport.abort()
        with suppress(OSError):
            await answers


async def test_tls_that_is_checked_works_by_the_url_and_by_variables(
        programs: Programs, sim: Simulator, debian: Postgres, books: str) -> None:
    begun, authority = time.time(), f"{debian.folder}/authority.crt"
    by_url = settings(sim, f"postgresql://postgres@localhost:{debian.port}/{books}?sslmode=verify-full&sslrootcert="
                           f"{authority}", SYNC_RESOURCES=",".join(FEW))
    by_variables = {name: value for name, value in by_url.items() if name != "DATABASE_URL"} | {
        "PGHOST": "localhost", "PGPORT": str(debian.port), "PGUSER": "postgres", "PGDATABASE": books,
        "PGSSLMODE": "verify-full", "PGSSLROOTCERT": authority}
    for environment in (by_url, by_variables):
        change(sim, 1)
        ended = await programs.call("backfill", **environment)
        assert ended.code == 0, ended.stderr
        assert await differences(sim.url, sim.api_key, debian.url(books), resources=OF_FEW,
                                 since_event=begun + 1) == {}


@pytest.mark.parametrize(("host", "authority", "words"), [
    ("127.0.0.1", "authority.crt", ("not valid for '127.0.0.1'", "Name the host")),
    ("localhost", "stranger.crt", ("certificate", "sslrootcert")),
    ("localhost", "missing.crt", ("can't be used", "No such file", "sslrootcert")),
    ("localhost", "openssl.cnf", ("can't be used", "no certificate", "sslrootcert")),
    ("localhost", None, ("can't be used", "root certificate file", "sslrootcert")),
])
async def test_a_certificate_that_does_not_fit_is_78_and_nobody_hears_who_asked(
        host: str, authority: str | None, words: tuple[str, ...], programs: Programs, sim: Simulator,
        debian: Postgres) -> None:
    assert debian.port is not None
    wire = Wire(debian.port)
    async with wire.open() as port:
        dsn = f"postgresql://some_clerk:{PASSWORD}@{host}:{port}/some_books?sslmode=verify-full"
        ended = await programs.call("run", **settings(
            sim, dsn + (f"&sslrootcert={debian.folder}/{authority}" if authority else "")))
    assert_refused(ended, wire, *words)


async def test_a_server_without_tls_is_78_where_tls_is_asked_for(
        programs: Programs, sim: Simulator, debian: Postgres, database: str) -> None:
    wire = Wire(f"{parse_qs(urlsplit(database).query)['host'][0]}/.s.PGSQL.5432")
    async with wire.open() as port:
        ended = await programs.call("run", **settings(
            sim, f"postgresql://some_clerk:{PASSWORD}@localhost:{port}/some_books?sslmode=verify-full&sslrootcert="
                 f"{debian.folder}/authority.crt"))
    assert_refused(ended, wire, "offers no TLS", "nothing was sent in the clear", "ssl")
    assert wire.sent == SSL_REQUEST


def assert_refused(ended: Ended, wire: Wire, *words: str) -> None:
    assert ended.code == 78, ended.stderr
    assert ended.says(*words), ended.stderr
    assert wire.sent[:8] in (b"", SSL_REQUEST)
    for secret in ("some_clerk", "some_books", PASSWORD):
        assert secret.encode() not in wire.sent


async def test_a_running_daemon_waits_for_a_broken_handshake_and_ends_at_a_strangers_certificate(
        programs: Programs, sim: Simulator, debian: Postgres, books: str) -> None:
    assert debian.port is not None
    begun, wire, direct = time.time(), Wire(debian.port), debian.url(books)
    cut_lines = "SELECT pg_terminate_backend(pid) FROM pg_stat_ssl WHERE ssl AND pid <> pg_backend_pid()"

    async def give(name: str) -> None:
        for kind in ("crt", "key"):
            shutil.copyfile(debian.folder / f"{name}.{kind}", debian.folder / f"server.{kind}")
        await debian.ctl("reload")

    async with wire.open() as port:
        service = settings(sim, f"postgresql://postgres@localhost:{port}/{books}?sslmode=verify-full&sslrootcert="
                                f"{debian.folder}/authority.crt", SYNC_RESOURCES=",".join(FEW), **FAST)
        program = await programs.start("run", **service)
        await until(lambda: is_loaded(direct, resources=len(FEW)), "the first load is complete")
        wire.cut = True
        await query(direct, cut_lines)
        change(sim, 1)
        await until(lambda: program.logged("database.unavailable") and wire.broken > 2, "it tries again")
        wire.cut = False
        await becomes_equal(sim, direct, begun, resources=OF_FEW)
        await until(lambda: program.logged("database.back"), "it says that it is through")
        assert program.running
        assert len(program.logged("database.unavailable")) == len(program.logged("database.back")) == 1

        for kind in ("crt", "key"):
            shutil.copyfile(debian.folder / f"server.{kind}", debian.folder / f"kept.{kind}")
        await give("stranger")
        try:
            await query(direct, cut_lines)
            assert await program.ended() == 78
            assert ended_clearly(program, "certificate", "sslrootcert"), program.stderr[-3000:]
        finally:
            await give("kept")
        change(sim, 2)
        ended = await programs.call("backfill", **service)
        assert ended.code == 0, ended.stderr
        assert await differences(sim.url, sim.api_key, direct, resources=OF_FEW, since_event=begun + 1) == {}


# Several hosts.


@asynccontextmanager
async def primary_and_standby() -> AsyncIterator[tuple[Postgres, Postgres, str]]:
    """Two servers, of which the second follows the first, and a URL that names both."""
    if not DEBIAN.is_dir():
        pytest.skip("Debian's Postgres 15 is not installed (apt-get install postgresql-15)")
    with folder_for("first") as one, folder_for("second") as two:
        first, second = (Postgres(folder, ("shared_buffers=16MB",), free_port()) for folder in (one, two))
        await first.initialize()
        async with running(first):
            await second.follow(first)
            async with running(second):
                hosts = f"127.0.0.1:{first.port},127.0.0.1:{second.port}"
                yield first, second, f"postgresql://postgres@{hosts}/postgres?target_session_attrs=primary"


async def test_when_a_standby_is_promoted_the_daemon_finds_it_by_itself(programs: Programs, sim: Simulator) -> None:
    async with primary_and_standby() as (first, second, dsn):
        begun = time.time()
        program = await programs.start("run", **settings(sim, dsn, **FAST))
        await until(lambda: is_loaded(dsn), "the first load is complete")
        change(sim, 1)
        await becomes_equal(sim, dsn, begun)
        await first.stop("immediate")
        change(sim, 2)
        ended = await programs.call("status", DATABASE_URL=dsn)
        assert ended.code == 75
        assert ended.says("can't be reached", "none of its hosts is as target_session_attrs asks")
        await until(lambda: program.logged("database.unavailable"), "it notices")
        await second.ctl("promote")
        await becomes_equal(sim, dsn, begun)
        change(sim, 3)
        await becomes_equal(sim, dsn, begun)
        assert program.running
        (away,), (_,) = program.logged("database.unavailable"), program.logged("database.back")
        assert away["hint"]
        assert not program.logged("resource.failed")
        assert await program.terminated() == 0


async def test_a_standby_alone_is_read_and_writing_verbs_are_78(programs: Programs, sim: Simulator) -> None:
    async with primary_and_standby() as (first, second, _):
        told = settings(sim, first.url(), SYNC_RESOURCES=",".join(FEW))
        assert (await programs.call("backfill", **told)).code == 0
        standby = told | {"DATABASE_URL": second.url()}
        await until(lambda: is_loaded(second.url(), resources=len(FEW)), "the standby has it")
        for verb in ("run", "backfill"):
            ended = await programs.call(verb, **standby)
            assert ended.code == 78, ended.stderr
            assert stands_in("Exit code 78", last_words(ended)), last_words(ended)
        for verb in ("status", "migrate"):
            ended = await programs.call(verb, **standby)
            assert ended.code == 0, ended.stderr
        ended = await programs.call("check", **standby)
        assert ended.code == 78, ended.stdout
        assert "the database is a standby" in ended.stdout
        ended = await programs.call("migrate", **standby | {"SYNC_SCHEMA": "another"})
        assert ended.code == 78, ended.stderr
        assert ended.says("standby")


async def test_when_a_standby_is_promoted_in_the_middle_of_a_first_load_it_goes_on(
        programs: Programs, simulate: Simulate) -> None:
    async with primary_and_standby() as (first, second, dsn), simulate(
            objects=150, sizes={"invoices": 900, "charges": 600}, dense={}, latency=0.02) as sim:
        begun = time.time()
        program = await programs.start("run", **settings(sim, dsn, **FAST))
        seen = "SELECT sum(seen) FROM {}._checkpoint WHERE resource = 'invoices'"
        await until(lambda: more_than(200, dsn, seen), "some pages are committed")
        assert not await is_loaded(dsn)
        await first.stop("immediate")
        await second.ctl("promote")
        await until(lambda: is_loaded(dsn), "the first load is complete")
        await becomes_equal(sim, dsn, begun)
        assert await program.terminated() == 0


async def test_a_host_that_is_switched_off_does_not_hide_the_next(
        programs: Programs, sim: Simulator, debian: Postgres, books: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never says a word
        dsn = f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]},localhost:{debian.port}/{books}"
        ended = await programs.call("backfill", **settings(sim, dsn, SYNC_RESOURCES="items,company"))
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, debian.url(books),
                             resources=(BY_NAME["items"], BY_NAME["company"])) == {}
