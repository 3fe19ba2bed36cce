"""A stress test: a random history of an account, the real daemon, and all kinds of faults.

While the account changes, requests get faults and strange answers, lists fail for long, the daemon is killed, frozen
and doubled, and Postgres is restarted or crashes. Meanwhile an onlooker checks that nothing says "fine" while mirror
and account differ for longer than promised. Then the account rests, and the result of the ordinary cycles and sweeps
is compared: every table with the account, and `_deleted` with all rows that the mirror ever had and the account no
longer has. A trigger of this test records all rows that the mirror ever had.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from sync_daemon.concurrency import run_all
from sync_daemon.model.resources import CHILD_SWEEPS, RESOURCES, Resource, Way
from sync_daemon.simulator import Options, Simulator
from sync_daemon.tuning import AS_IT_IS, Patience, Tuning
from tests.support.bad_line import BadLine, bad_line
from tests.support.changes import Changes
from tests.support.comparing import at_source, differences, in_mirror
from tests.support.identities import OF_ANY_ACCOUNT, broken
from tests.support.mirror import is_loaded, query
from tests.support.onlooker import Onlooker
from tests.support.own_postgres import OwnPostgres
from tests.support.program import Program, Programs, until
from tests.support.servers import free_port

CONCURRENCY = 8
SETTINGS = {"SYNC_INTERVAL": "1", "SYNC_OVERLAP": "4", "SYNC_SWEEP": "5", "SYNC_VERIFY_EVERY": "30d",
            "INVOICED_MAX_CONCURRENCY": str(CONCURRENCY), "SYNC_LOG_FORMAT": "json",
            "SYNC_LOG_LEVEL": "info"}
TUNING = Tuning(patience=Patience(8, 60.0), retrying_shown=4.0, refusals_apart=2.0, listings_apart=3.0, empty_apart=4.0,
                try_again=4.0, look_again=(0.5, 2.0, 4.0), least_late=12.0, server_slot=5.0)
"""Waiting times of the program in most histories; some are played with its own."""
SLACK = 8.0
"""Seconds that what is shown may be behind what is: of the page's own reading, and of a busy machine."""
LISTS = "^/(?!companies)"
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 500}, {"kind": "status", "status": 503}, {"kind": "status", "status": 504},
    {"kind": "status", "status": 429}, {"kind": "retry_after", "seconds": 1.0}, {"kind": "reset"},
    {"kind": "cut_body"}, {"kind": "html_200"}, {"kind": "bad_json"}, {"kind": "not_a_list"},
    {"kind": "slow", "seconds": 1.5}, {"kind": "no_total"}, {"kind": "no_date"},
    {"kind": "stranger", "status": 403}, {"kind": "stranger", "status": 400}, {"kind": "stranger", "status": 404},
    {"kind": "stranger", "status": 404, "name": "json"}, {"kind": "stranger", "status": 401}, {"kind": "redirect"},
    {"kind": "bomb", "total": 40},
    {"kind": "refuse", "status": 403, "name": "You do not have access.", "match": LISTS},
    {"kind": "refuse", "status": 400, "name": "This feature is not enabled.", "match": LISTS})
STANDING: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 500}, {"kind": "stranger", "status": 403}, {"kind": "redirect"}, {"kind": "bad_json"},
    {"kind": "refuse", "status": 403, "name": "You do not have access."})
"""What a list may answer to everything for a long time."""
BACKLOG = 10_500
"""Events that happen while nothing runs: more than the server shows without a cursor of its own (10,000)."""
PATIENCE, ITS_OWN = 240.0, 480.0
"""Seconds until the mirror must be equal once the account rests: what could not be done because of faults is tried
again after a while, and deletions without a path of their own take two listings. Its own waiting times are longer.
"""
SEEN = """
CREATE TABLE public.seen (resource text, key text, PRIMARY KEY (resource, key));
CREATE FUNCTION public.note_seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO public.seen VALUES (TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0]) ON CONFLICT DO NOTHING; RETURN NULL;
END $$;
"""


@dataclass(slots=True)
class Summary:
    """Results of histories; summaries can be added."""

    histories: int = 0
    seconds: float = 0.0
    operations: Counter[str] = field(default_factory=Counter)
    mishaps: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    rows: int = 0
    tombstones: int = 0
    lost: int = 0
    ghosts: int = 0
    different: int = 0
    looks: int = 0
    fine: int = 0
    overdue: int = 0
    most_in_flight: int = 0
    slowest_rest: float = 0.0

    def add(self, other: Summary) -> None:
        for name in self.__slots__:
            mine, its = getattr(self, name), getattr(other, name)
            setattr(self, name, max(mine, its) if name in {"most_in_flight", "slowest_rest"} else mine + its)

    def __str__(self) -> str:
        def kinds(counts: Counter[str]) -> str:
            return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"

        return "\n".join([
            f"histories played     {self.histories}", f"seconds              {self.seconds:,.0f}",
            f"changes              {self.operations.total():,} ({kinds(self.operations)})",
            f"mishaps              {self.mishaps.total():,} ({kinds(self.mishaps)})",
            f"faults               {self.faults.total():,} ({kinds(self.faults)})",
            f"requests             {self.requests:,}, at most {self.most_in_flight} of {CONCURRENCY} in flight",
            f"rows compared        {self.rows:,}, tombstones {self.tombstones:,}",
            f"lost / ghosts / different   {self.lost} / {self.ghosts} / {self.different}",
            f"longest until equal  {self.slowest_rest:.0f} s",
            f"looks                {self.looks:,}, of which {self.fine:,} were told that all is well",
            f"looks at a difference that stood for longer than promised, and was told   {self.overdue:,}"])


async def watch_rows(dsn: str) -> None:
    """Makes the database record every row that a table of the mirror ever gets."""
    triggers = [f"CREATE TRIGGER note_seen AFTER INSERT ON invoiced.{one.name} FOR EACH ROW "
                f"EXECUTE FUNCTION public.note_seen('{one.key_column}');" for one in RESOURCES]
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(SEEN + "".join(triggers))
    finally:
        await connection.close()


async def wrong_tombstones(sim: Simulator, dsn: str,
                           resources: tuple[Resource, ...] = RESOURCES) -> dict[str, Any]:
    """What `_deleted` lacks or has too many: it must hold what the mirror ever had and the account no longer has.

    Rows with a tombstone that are also in the mirror are too many: the account still has them, or they are ghosts.
    """
    seen = await query(dsn, "SELECT resource, key FROM public.seen")
    tombstoned = await query(dsn, "SELECT resource, key FROM invoiced._deleted WHERE returned_at IS NULL")
    wrong: dict[str, Any] = {}
    for resource in resources:
        there = await at_source(sim.url, sim.api_key, resource)
        had = {row["key"] for row in seen if row["resource"] == resource.name} - there.keys()
        has = {row["key"] for row in tombstoned if row["resource"] == resource.name}
        if had != has:
            wrong[resource.name] = {"lacking": sorted(had - has)[:5], "too many": sorted(has - had)[:5]}
    return wrong


class Broken(AssertionError):
    """A promise did not hold."""


@dataclass(slots=True)
class History:
    """One history.

    In a third of the histories there are no sweeps (nor changes that only they can find), so that they can't
    hide what polls and feed miss; polled lists and events are then compared.
    """

    seed: int
    postgres: OwnPostgres
    folder: Path
    seconds: float = 40.0
    objects: int = 600
    with_backlog: bool = False
    """Whether a long backlog of events may occur, which takes a while to make."""
    summary: Summary = field(default_factory=lambda: Summary(histories=1))
    _sim: Simulator = field(init=False)
    _line: BadLine = field(init=False)
    _changes: Changes = field(init=False)
    _programs: Programs = field(init=False)
    _running: list[Program] = field(default_factory=list)
    _environment: dict[str, str] = field(default_factory=dict)
    _dsn: str = ""
    _compared: tuple[Resource, ...] = RESOURCES
    _tuning: Tuning = TUNING
    _pages: dict[Program, str] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    _most: int = 1

    @property
    def _patience(self) -> float:
        return ITS_OWN if self._tuning is AS_IT_IS else PATIENCE

    def _dice(self, what: str) -> random.Random:
        return random.Random(f"{self.seed} {what}")

    async def play(self) -> Summary:
        """Plays the whole history. Raises Broken, with all that is needed to find the cause."""
        began, dice = time.monotonic(), self._dice("setting")
        long = {"invoices": 2_500} if self._dice("size").random() < 0.5 else {}  # read in several lanes
        options = Options(seed=self.seed % 10**6, objects=self.objects, sizes=long, odd=dice.choice([0, 3]), slots=20,
                          slot_seconds=5.0, unstable_ties=dice.random() < 0.3)
        self._programs = Programs(self.folder)
        async with AsyncExitStack() as stack:
            self._sim = await stack.enter_async_context(Simulator(options).serve())
            self._sim.set_clock(offset=dice.choice([0, 0, 200, -200]))
            self._line = await stack.enter_async_context(bad_line(self._sim.url, self._dice("line")))
            self._changes = Changes(self._sim.account, self._dice("changes"), self._sim.forget)
            if self._dice("tuning").random() < 1 / 6:
                self._tuning = AS_IT_IS
                self.summary.mishaps["its own waiting times"] += 1
            if dice.random() < 1 / 3:
                self._changes.told_only = True
                self._compared = tuple(one for one in RESOURCES if one.way in {Way.VALUE, Way.FEED})
            stack.push_async_callback(self._programs.end_all)
            self._dsn = await self.postgres.create(f"history_{self.seed}", may_forget=dice.random() < 0.5)
            self._environment = SETTINGS | {"INVOICED_API_KEY": self._sim.api_key, "DATABASE_URL": self._dsn,
                                            "INVOICED_BASE_URL": self._line.url,
                                            "INVOICED_TIMEOUT": dice.choice(["3", "12"])}
            if self._changes.told_only:
                self._environment["SYNC_SWEEP"] = "6h"
                self.summary.mishaps["no sweeps"] += 1
            try:
                await self._watch_rows()
                await self._play_watched(dice)
                await self._verify()
            except AssertionError as error:
                raise Broken(await self._why(error)) from error
        self.summary.seconds = time.monotonic() - began
        self.summary.operations = self._changes.made
        self.summary.faults.update(self._line.happened)
        return self.summary

    async def _play_watched(self, dice: random.Random) -> None:
        ended, onlooker = asyncio.Event(), Onlooker(
            self._sim, self._dsn, [one for one in self._compared if one.way is not Way.SINGLE], self._promised,
            lambda: [self._pages[program] for program in self._running], self._status)

        async def live_and_rest() -> None:
            try:
                await self._live(dice)
                await self._come_to_rest()
            finally:
                ended.set()

        await run_all([live_and_rest(), onlooker.keep_looking(ended)])
        seen = onlooker.seen
        self.summary.looks, self.summary.fine, self.summary.overdue = seen.looks, seen.fine, seen.overdue
        assert not seen.wrong, "\n".join(seen.wrong)

    def _promised(self, resource: Resource) -> float:
        """Seconds for which a row may differ unreported: ten cycles, or two complete reads if only these find it."""
        least, sweep = self._tuning.least_late, float(SETTINGS["SYNC_SWEEP"])
        read = 0.0 if self._changes.told_only else 2 * sweep * (CHILD_SWEEPS if resource.way is Way.CHILD else 1)
        return max(least, 10 * float(SETTINGS["SYNC_INTERVAL"]), read) + SLACK

    async def _status(self) -> int:
        return (await self._programs.call("status", tuning=self._tuning, **self._environment)).code

    async def _watch_rows(self) -> None:
        ended = await self._programs.call("migrate", **self._environment)
        assert ended.code == 0, ended.stderr
        await watch_rows(self._dsn)

    # While the account lives.

    async def _live(self, dice: random.Random) -> None:
        self._line.share = dice.choice([0.0, 0.003, 0.01])
        for fault in FAULTS:
            self._sim.faults.add(**fault, probability=dice.choice([0.0, 0.0, 0.002, 0.005, 0.01]))
        await self._start()
        if dice.random() < 0.5:  # else the faults begin during the first load
            await until(lambda: is_loaded(self._dsn), "the first load is complete", self._patience)
        end = time.monotonic() + self.seconds
        await run_all([self._change_until(end), self._trouble_until(end)])

    async def _change_until(self, end: float) -> None:
        dice = self._dice("pace")
        pace = dice.choice([4, 12, 30])
        while time.monotonic() < end:
            for _ in range(dice.choice([1, 1, 1, 1, 5])):
                self._changes.step()
            await asyncio.sleep(dice.expovariate(pace))

    async def _trouble_until(self, end: float) -> None:
        dice = self._dice("trouble")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 5))
            if time.monotonic() > end:
                return
            troubles: dict[Callable[[random.Random], Awaitable[None]], int] = {
                self._kill: 5, self._restart_postgres: 4, self._pause: 2, self._second: 3, self._renew: 1,
                self._hang: 2, self._hold: 3, self._break_list: 2, self._break_parent: 2, self._empty_answer: 3,
                self._backlog: 1 if self.with_backlog else 0}
            trouble = dice.choices(list(troubles), list(troubles.values()))[0]
            self._note(trouble.__name__)
            await trouble(dice)
            await self._see_to()

    def _note(self, what: str) -> None:
        self._changes.told.append(f"{time.time():.2f} {self._sim.clock.now():.2f} {what}")

    async def _kill(self, dice: random.Random) -> None:
        self.summary.mishaps["kill -9"] += 1
        await self._running.pop(dice.randrange(len(self._running))).kill()
        await asyncio.sleep(dice.choice([0, 0, dice.uniform(0, 3)]))
        await self._start()

    async def _renew(self, dice: random.Random) -> None:
        self.summary.mishaps["restart"] += 1
        await self._end(self._running.pop())
        await self._start()

    async def _restart_postgres(self, dice: random.Random) -> None:
        mode = dice.choice(["fast", "immediate"])
        self.summary.mishaps["Postgres crashed" if mode == "immediate" else "Postgres restarted"] += 1
        await self.postgres.stop(mode)
        await asyncio.sleep(dice.choice([0, dice.uniform(0, 4)]))
        await self.postgres.start()

    async def _pause(self, dice: random.Random) -> None:
        """The machine is suspended: afterwards the daemon goes on with pages that are old by then."""
        self.summary.mishaps["pause"] += 1
        paused = self._running[0]
        paused.send(signal.SIGSTOP)
        await asyncio.sleep(dice.uniform(0.5, 8))
        paused.send(signal.SIGCONT)

    async def _hang(self, dice: random.Random) -> None:
        self._sim.faults.add("hang", probability=0.3, count=2, seconds=4.0)

    async def _hold(self, dice: random.Random) -> None:
        """Delays answers, so that they arrive after newer ones."""
        self.summary.mishaps["answers held"] += 1
        self._sim.faults.hold(count=dice.randrange(1, 5))
        await asyncio.sleep(dice.uniform(0.5, 9))
        self._sim.faults.release()

    async def _break_list(self, dice: random.Random) -> None:
        """One list answers only with faults for a long time."""
        resource = dice.choice(RESOURCES)
        self.summary.mishaps["a list fails for long"] += 1
        self._sim.faults.add(**dice.choice(STANDING), match=f"^{resource.path.replace('{parent}', '[0-9]+')}$",
                             count=dice.choice([2, 20, 200]))

    async def _break_parent(self, dice: random.Random) -> None:
        """The list of one parent answers only with faults for a long time."""
        resource = dice.choice([one for one in RESOURCES if one.parent is not None])
        parents = self._sim.account.tables[resource.parent or ""].by_id
        if parents:
            self.summary.mishaps["the list of a parent fails"] += 1
            path = resource.path.format(parent=dice.choice(parents).id)
            self._sim.faults.add(**dice.choice(STANDING), match=f"^{path}$", count=dice.choice([2, 10, 50]))

    async def _empty_answer(self, dice: random.Random) -> None:
        """A list with many rows is empty once; twice in a row would be evidence."""
        path = dice.choice(RESOURCES).path
        if path not in self._broken:
            self._broken.add(path)
            self.summary.mishaps["a list shows nothing, once"] += 1
            self._sim.faults.add("empty", f"^{path.replace('{parent}', '[0-9]+')}$", count=1)

    async def _backlog(self, dice: random.Random) -> None:
        """Many changes happen while no daemon runs."""
        if "backlog" in self._broken:
            return
        self._broken.add("backlog")
        self.summary.mishaps["a long backlog of events"] += 1
        while self._running:
            await self._running.pop().kill()
        for _ in range(BACKLOG // 100):
            self._sim.account.touch(100, dice.choice(["invoices", "customers", "notes"]))
            await asyncio.sleep(0)
        await self._start()

    async def _second(self, dice: random.Random) -> None:
        """Two daemons on one schema for a while; then one of them is stopped."""
        self.summary.mishaps["two daemons"] += 1
        await self._count_requests()
        await self._start()
        self._most = 2
        await asyncio.sleep(dice.uniform(1, 8))
        await self._see_to()
        leaving = self._running.pop(dice.randrange(len(self._running)))
        if dice.random() < 0.5:
            self.summary.mishaps["kill -9"] += 1
            await leaving.kill()
        else:
            await self._end(leaving)
        await self._count_requests()
        self._most = 1

    async def _end(self, program: Program) -> None:
        code = await program.terminated()
        # Python was still starting, or the program had just ended because of a fault that it met at its start
        before_work = code in {-signal.SIGTERM, 75} and not program.logged("run.started")
        assert code == 0 or before_work, f"the daemon ended with {code} when asked to end: {program.stderr[-2000:]}"

    async def _start(self) -> None:
        await self._settled()
        page = f"127.0.0.1:{free_port()}"
        self._running.append(await self._programs.start(
            "run", tuning=self._tuning, **self._environment, SYNC_WEB_LISTEN=page))
        self._pages[self._running[-1]] = f"http://{page}"

    async def _settled(self) -> None:
        """Waits until the requests of dead daemons are over."""
        if not self._running:
            await until(lambda: self._sim.stats.in_flight == 0, "requests of a dead process end")

    async def _see_to(self) -> None:
        """Restarts a daemon that ended by itself, allowed only if Postgres or the API were down at its start."""
        for program in [one for one in self._running if not one.running]:
            code = program.process.returncode
            at_start = code == 75 and not program.logged("run.started")
            assert at_start, f"a daemon ended by itself with {code}: {program.stderr[-2000:]}"
            self.summary.mishaps["started in vain"] += 1
            self._running.remove(program)
        while not self._running:
            await self._start()

    async def _count_requests(self) -> None:
        """Compares the requests that the server saw since the last call with the limit."""
        stats = self._sim.stats
        assert stats.max_in_flight <= CONCURRENCY * self._most, f"{stats.max_in_flight} requests in flight"
        assert stats.writes == 0, "something was written to the account"
        self.summary.requests += stats.requests
        if self._most == 1:
            self.summary.most_in_flight = max(self.summary.most_in_flight, stats.max_in_flight)
        stats.reset()

    # When it rests.

    async def _come_to_rest(self) -> None:
        self._line.share = 0
        for rule in self._sim.faults.rules:
            name = f"{rule.kind} {rule.status}" if rule.kind == "status" else rule.kind
            self.summary.faults[name] += rule.struck
        self._sim.faults.clear()
        self._sim.account.flush()
        self._note("rests")
        await self._see_to()
        began = time.monotonic()

        async def equal() -> bool:
            await self._see_to()
            if not await is_loaded(self._dsn):
                return False
            found = await self._differences()
            return not found and not await wrong_tombstones(self._sim, self._dsn, self._compared)

        while not await equal():
            if time.monotonic() - began > self._patience:
                found = await self._differences()
                self._count_wrong(found)
                raise Broken(f"{self._patience:g} s after the account came to rest: {found}; "
                             f"tombstones: {await wrong_tombstones(self._sim, self._dsn, self._compared)}")
            await asyncio.sleep(1)
        self.summary.slowest_rest = time.monotonic() - began
        await self._become_green()
        for resource in self._compared:
            self.summary.rows += len(await in_mirror(self._dsn, resource))
        if found := await broken(self._dsn, OF_ANY_ACCOUNT):
            raise Broken(f"the mirror is equal, but its views do not agree: {found}")
        gone = await query(self._dsn, "SELECT count(*) AS rows FROM invoiced._deleted")
        self.summary.tombstones += gone[0]["rows"]
        await self._count_requests()

    async def _become_green(self) -> None:
        """Once all is equal and one daemon runs, it reports green; some odd records stay rejected."""
        while len(self._running) > 1:
            await self._running.pop().terminated()
        if not self._sim.options.odd:
            async def is_green() -> bool:
                await self._see_to()
                said = await self._asked("readyz")
                return said.startswith("ok")

            try:
                await until(is_green, "all is equal, and it says so", self._patience)
            except AssertionError as error:
                raise Broken(f"{error}; it says: {await self._asked('readyz')}") from None

    async def _asked(self, path: str) -> str:
        """What the page of the daemon says; empty if nobody answers."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, \
                    session.get(f"{self._pages[self._running[0]]}/{path}") as answer:
                return await answer.text()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return ""

    async def _differences(self) -> dict[str, Any]:
        """Differences; events count from where the mirror began to read them."""
        lanes = await query(self._dsn, "SELECT lo FROM invoiced._checkpoint WHERE resource = 'events'")
        return await differences(self._sim.url, self._sim.api_key, self._dsn, since_event=lanes[0]["lo"],
                                 resources=self._compared)

    def _count_wrong(self, found: dict[str, Any]) -> None:
        for kinds in found.values():
            self.summary.lost += len(kinds["missing"])
            self.summary.ghosts += len(kinds["extra"])
            self.summary.different += len(kinds["different"])

    async def _verify(self) -> None:
        while self._running:
            await self._end(self._running.pop())
        ended = await self._programs.call("verify", *(one.name for one in self._compared), **self._environment)
        assert ended.code == 0, f"verify found something: {ended.stdout} {ended.stderr[-2000:]}"
        await self._count_requests()
        for program in self._programs.started:
            assert "Traceback" not in program.stderr, program.stderr[-5000:]

    async def _why(self, error: AssertionError) -> str:
        """What happened, in all and to the rows in question; logs and the whole history stay in the folder."""
        told = self.folder / "history.txt"
        told.write_text("\n".join(self._changes.told))
        return (f"seed {self.seed}: {error}\nThe history is in {told}, what the programs said beside it; to play it "
                f"again: python -m tests.support.soak --seed {self.seed}")
