"""Is the mirror equal to the account? Every resource is read whole and compared, ids first, then contents.

Nothing is held in memory but the differences. One counts only if it stands on a second reading: what was touched, or
not yet polled, while the first went on is none. With `repair` what differs is mended as a sweep would mend it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from sync_daemon.attempt import RACES, Work
from sync_daemon.children import BATCH, read_lists, read_single
from sync_daemon.compare import absent, is_composed
from sync_daemon.deletions import LISTINGS_APART
from sync_daemon.engine import Engine
from sync_daemon.feed import EVENTS, open_feed, read_feed
from sync_daemon.hints import follow
from sync_daemon.output import print_table, say, say_json
from sync_daemon.polling import catch_up
from sync_daemon.probes import parts_of, sorts
from sync_daemon.progress import Progress, State
from sync_daemon.records import Record
from sync_daemon.resources import Resource, Way
from sync_daemon.store import LostRace, Range
from sync_daemon.sweeping import read_whole
from sync_daemon.together import together
from sync_daemon.walking import cut
from sync_daemon.whole import Stretches, by_id, by_value

Reading = tuple[list[Record], int, list[int | str]]
"""Records of the source, how many of them are new ground, and keys that the mirror has in their place."""
MOST = 100_000
"""Differences that are looked at twice; of more than that only the number is told."""
SHOWN = 5


@dataclass(slots=True)
class Findings:
    """What differs in one resource, by kind, each with its keys; `rows` is how many the source has."""

    resource: str
    rows: int = 0
    missing: set[int | str] = field(default_factory=set)
    extra: set[int | str] = field(default_factory=set)
    different: set[int | str] = field(default_factory=set)
    mended: int = 0

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.different)

    def kinds(self) -> list[tuple[str, set[int | str]]]:
        return [("missing", self.missing), ("extra", self.extra), ("different", self.different)]

    def both(self, other: Findings) -> Findings:
        """What stands in both readings."""
        return Findings(self.resource, other.rows, self.missing & other.missing, self.extra & other.extra,
                        self.different & other.different)


async def verify(engine: Engine, work: Work, resource: Resource, *, repair: bool = False, force: bool = False,
                 gently: bool = False) -> Findings:
    """Compares one resource; with `repair`, mends it and compares again. Raises Unavailable, SyncError.

    `force` lets a repair bury more rows at once than is done without a person; `gently` leaves most of the requests in
    flight to others.
    """
    found = await _standing(engine, work, resource, gently=gently)
    if not (found.count and repair):
        return found
    await _mend(engine, work, resource, force=force, gently=gently)
    left = await _standing(engine, work, resource, gently=gently)
    left.mended = max(0, found.count - left.count)
    return left


async def _standing(engine: Engine, work: Work, resource: Resource, *, gently: bool) -> Findings:
    await catch_up(engine, work, resource)
    first = await _compare(engine, resource, gently=gently)
    if not first.count:
        return first
    await catch_up(engine, work, resource)
    return first.both(await _compare(engine, resource, gently=gently))


async def _mend(engine: Engine, work: Work, resource: Resource, *, force: bool, gently: bool) -> None:
    if resource is EVENTS:
        await read_feed(engine, await open_feed(engine), since=await _first_event(engine))
    else:
        await _sweep_afresh(engine, work, resource, gently=gently)
    await follow(engine, resource, force=force, at_once=True)
    if await engine.store.rows("due_hints", resource.name, 1, True):
        await engine.rest(LISTINGS_APART)  # objects without a path of their own take two listings a minute apart
        await follow(engine, resource, force=force, at_once=True)


async def _sweep_afresh(engine: Engine, work: Work, resource: Resource, *, gently: bool) -> None:
    """A whole pass that begins now; if another process moves it, on from there."""
    now = engine.store.clock.now()
    for _ in range(RACES):
        with suppress(LostRace):
            await read_whole(engine, work, resource, since=now, gently=gently)
            return
    raise LostRace


async def _compare(engine: Engine, resource: Resource, *, gently: bool) -> Findings:
    found = Findings(resource.name)
    await together(_tally(engine, resource, readings, found)
                   for readings in await _readings(engine, resource, gently=gently))
    return found


async def _tally(engine: Engine, resource: Resource, readings: AsyncGenerator[Reading, None], found: Findings) -> None:
    async with aclosing(readings):
        async for records, rows, gone in readings:
            hashes = {row["key"]: row["hash"] for row in await engine.store.table_rows(
                resource, "stored_hashes", [record.key for record in records])}
            found.rows += rows
            found.missing |= {record.key for record in records if record.key not in hashes}
            found.different |= {record.key for record in records if hashes.get(record.key, record.hash) != record.hash}
            found.extra |= set(gone)
            if found.count > MOST:
                break


async def _readings(engine: Engine, resource: Resource, *, gently: bool) -> list[AsyncGenerator[Reading, None]]:
    """What to read side by side so that all of the source is read once."""
    if resource.way is Way.CHILD:
        return [_of_children(engine, resource)]
    if resource.way is Way.SINGLE:
        return [_of_one(engine, resource)]
    parts = await parts_of(engine.reader, resource)
    if is_composed(resource):
        return [_of_whole(engine, resource, parts)]
    found = []
    for part in parts:
        if resource.way is Way.VALUE and await sorts(engine.reader, resource, part):
            found += [_of_lane(engine, resource, part, one, gently=gently)
                      for one in await cut(engine, resource, part, engine.at_once(gently=gently))]
        else:
            since = await _first_event(engine) if resource is EVENTS else 0
            found.append(_of_stretches(engine, resource, part, by_id(engine, resource, part, bound=since)))
    return found


async def _of_one(engine: Engine, resource: Resource) -> AsyncGenerator[Reading, None]:
    records = (await read_single(engine, resource)).page.records
    yield records, len(records), []


async def _of_lane(engine: Engine, resource: Resource, part: str, one: Range, *,
                   gently: bool) -> AsyncGenerator[Reading, None]:
    async with engine.sweeps if gently else engine.lanes.turn():
        async for reading in _of_stretches(engine, resource, part,
                                           by_value(engine, resource, part, one.cursor, one.hi)):
            yield reading


async def _of_stretches(engine: Engine, resource: Resource, part: str,
                        stretches: Stretches) -> AsyncGenerator[Reading, None]:
    """Pages of the source, each with what the mirror has in its place but the source does not."""
    async for stretch in stretches:
        gone = await absent(engine, resource, part, [stretch])
        yield list({record.key: record for record in stretch.records}.values()), stretch.rows, gone


async def _of_whole(engine: Engine, resource: Resource, parts: Iterable[str]) -> AsyncGenerator[Reading, None]:
    keys: set[int | str] = set()
    for part in parts:
        async for stretch in by_id(engine, resource, part):
            keys |= stretch.keys
            yield list({record.key: record for record in stretch.records}.values()), stretch.rows, []
    if keys:
        rows = await engine.store.table_rows(resource, "absent_whole", engine.store.clock.now(), list(keys))
        yield [], 0, [row["key"] for row in rows]


async def _of_children(engine: Engine, resource: Resource) -> AsyncGenerator[Reading, None]:
    last = -1
    while True:
        engine.going_on()
        parents = [row["id"] for row in await engine.store.rows(f"{resource.name}.parents", last, BATCH)]
        if not parents:
            return
        lists = await read_lists(engine, resource, parents, engine.sweeps)
        had = {row["key"] for row in await engine.store.rows(f"{resource.name}.of", parents)}
        records = [record for one in lists for record in one.records]
        yield records, len(records), sorted(had - {record.key for record in records})
        last = parents[-1]


def show_findings(found: list[Findings], progress: Progress, *, as_json: bool) -> None:
    """The verdict on stdout: what differs first, with the first few keys."""
    failed = {name: tally.why for name, tally in progress.tallies.items() if tally.state is State.FAILED}
    if as_json:
        say_json({"resources": [
            {"resource": one.resource, "rows": one.rows, "mended": one.mended,
             **{kind: {"count": len(keys), "first": _first(keys)} for kind, keys in one.kinds()}} for one in found],
            "failed": failed})
        return
    lines = [[one.resource, f"{one.rows:,}", *(f"{len(keys):,}" if keys else "" for _, keys in one.kinds()),
              f"{one.mended:,}" if one.mended else "", "wrong" if one.count else "equal",
              "; ".join(f"{kind}: {', '.join(_first(keys))}" for kind, keys in one.kinds() if keys)]
             for one in sorted(found, key=lambda one: -one.count)]
    print_table(["resource", "rows", "missing", "extra", "different", "mended", "state", "first of them"], lines,
                left=("state", "first of them"))
    for name, why in failed.items():
        say(f"{name} could not be verified: {why}")
    total = sum(one.count for one in found)
    if total:
        say(f"{total:,} differences stand. `invoiced-sync verify --repair` mends them.")
    elif not failed:
        say(f"The mirror is equal to the account: {sum(one.rows for one in found):,} rows compared.")


def _first(keys: set[int | str]) -> list[str]:
    return [str(key) for key in sorted(keys)[:SHOWN]]


async def _first_event(engine: Engine) -> int:
    """From which second on the mirror has events: its first run, or earlier if older ones were fetched since."""
    feed = await open_feed(engine)
    oldest: int | None = await engine.store.value("first_event")
    return max(1, min(second for second in (feed.lo, oldest, feed.cursor.u) if second is not None))
