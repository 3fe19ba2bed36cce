"""Following up hints: each is looked at in the resource's own list, and removed when that has been committed.

    gone        confirm by its id that an object is gone
    absent      see whether a second complete listing lacks the row as well
    reread      read one object again from its list, unless a poll has done so since
    children    read the list of one parent again
    owned       read again what belongs to a customer
    sweep       read the whole list
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sync_daemon.apply.absence import list_keys, read_in_id_order
from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.deletes import ASK_AT_ONCE, SAMPLE, Existence, confirm, spread
from sync_daemon.apply.single_object import read_one
from sync_daemon.concurrency import batched, together
from sync_daemon.errors import Disorder, Fatal, Refusal, Stopped, SyncError, Unavailable
from sync_daemon.log import log
from sync_daemon.model.cursor import START
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import variants_of
from sync_daemon.source.pagination import Kind
from sync_daemon.sync.absence_evidence import look_at_absent, look_at_children

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row

AT_ONCE = 10_000
FEW = 50
"""Objects that are asked for one by one, however short their list is; of a long list a fiftieth of its rows."""
NOT_LISTED = "its list lacks it, though it answers by its id"


async def hinted(context: SyncContext, chosen: Iterable[Resource]) -> list[Resource]:
    """Those resources of which hints are due."""
    names = {row["resource"] for row in await context.store.rows("hinted")}
    return [resource for resource in chosen if resource.name in names]


async def follow(context: SyncContext, resource: Resource, *, force: bool = False, at_once: bool = False) -> None:
    """Follows the hints of a resource that are due. One that can't be followed now is tried again in a minute.

    `at_once` follows those too that are not due yet, or held; `force` lets any number of rows be buried.
    """
    now = await context.store.now()  # what is put off, or noted, on the way is for the next time
    behind = ("", "")
    while hints := [_request(row) for row in await context.store.rows(
            "due_hints", resource.name, AT_ONCE, at_once, now, *behind)]:
        behind = (hints[-1].kind, hints[-1].key)
        for kind in dict.fromkeys(hint.kind for hint in hints):
            context.going_on()
            await _follow_kind(context, resource, kind, [hint for hint in hints if hint.kind == kind], force=force)


async def _follow_kind(context: SyncContext, resource: Resource, kind: str, hints: list[RefetchRequest], *,
                       force: bool) -> None:
    try:
        match kind:
            case "gone":
                await _gone(context, resource, hints, force=force)
            case "absent":
                await look_at_absent(context, resource, hints, force=force)
            case "reread":
                await _reread(context, resource, hints)
            case "children":
                await _children(context, resource, hints, force=force)
            case "owned":
                await _owned(context, resource, hints)
            case "sweep":
                await context.store.value("want_sweep", resource.name)
                await context.store.drop(hints)
    except (Fatal, Stopped):
        raise
    except Exception as error:
        # no look was taken that could count as one of two; what is no SyncError is a bug, and told as one
        await _postpone_all(context, resource, kind, hints, str(error) if isinstance(error, SyncError) else repr(error))
        if not isinstance(error, SyncError) or isinstance(error, Unavailable):
            raise


async def _postpone_all(context: SyncContext, resource: Resource, kind: str, hints: Sequence[RefetchRequest],
                        why: str) -> None:
    log().warning("hint.postponed", resource=resource.name, hints=len(hints), why=why,
                  hint="Nothing to do: it is looked at again in a minute.")
    await context.store.postpone(kind, resource.name, [hint.key for hint in hints], context.tuning.try_again,
                                counts=False, why=why)


async def _gone(context: SyncContext, resource: Resource, hints: list[RefetchRequest], *, force: bool) -> None:
    """Told by events, or missed by a sweep: each is asked for by its id."""
    known = {row["key"] for row in await context.store.table_rows(resource, "known", [int(hint.key) for hint in hints])}
    missed = {int(hint.key) for hint in hints if hint.event_id is None}
    existences = await confirm(context, resource, sorted(known - missed), "event: deleted, then 404", force=force)
    existences |= await confirm(context, resource, sorted(known & missed), "sweep: missing, then 404", force=force)
    alive = [int(key) for key, existence in existences.items() if existence is Existence.ALIVE]
    lacking = {str(key) for key in await _read_missed(context, resource, [key for key in alive if key in missed])}
    await context.store.postpone("gone", resource.name, sorted(lacking), context.tuning.try_again, why=NOT_LISTED)
    # voided, canceled or hidden: the row is still there, and has changed
    await context.store.note([RefetchRequest("reread", resource.name, str(key)) for key in alive if key not in missed])
    by_fate = _sorted_by(hints, lambda hint: existences.get(int(hint.key)))
    # a page asked for before the delete may be stored only now, after a wait for the database: look again
    unknown = [hint for hint in by_fate.pop(None, []) if hint.attempts < len(context.tuning.look_again)]
    await context.store.note([RefetchRequest("absent", resource.name,
                                             hint.key) for hint in by_fate.get(Existence.UNKNOWN, [])])
    await context.store.postpone("gone", resource.name, [hint.key for hint in by_fate.pop(Existence.HELD, [])],
                                context.tuning.try_again, held=True)
    await context.store.postpone("gone", resource.name, [hint.key for hint in by_fate.pop(Existence.LATER, [])],
                                context.tuning.try_again, why="it does not answer for sure")
    for tries, seconds in enumerate(context.tuning.look_again):
        await context.store.postpone("gone", resource.name, [hint.key for hint in unknown if hint.attempts == tries],
                                    seconds)
    kept = {hint.key for hint in unknown} | lacking
    done = [hint for hint in hints if hint.key not in kept and existences.get(int(hint.key)) not in {Existence.HELD,
                                                                                                     Existence.LATER}]
    await context.store.drop(done)


async def _read_missed(context: SyncContext, resource: Resource, alive: list[int]) -> Sequence[int]:
    """Touched while the sweep went by, or stamped back; of many the list is read whole again.

    Gives those that the list lacks now as well: of these nobody knows how they are.
    """
    few = alive if len(alive) <= FEW else spread(sorted(alive), SAMPLE)
    shown = {key: await read_one(context, resource, int(key)) for key in few}
    if None in shown.values():
        keys = await list_keys(context, resource)
        return [key for key in alive if keys is None or key not in keys]
    lacking = [int(key) for key, listed in shown.items() if not listed]
    if len(alive) > len(few):
        if len(lacking) == len(few):
            return alive
        await context.store.value("want_sweep", resource.name)
    return lacking


def _sorted_by(hints: Iterable[RefetchRequest], fate_of: Callable[[RefetchRequest],
                                                                  Existence | None]) -> dict[Existence | None,
                                                                                             list[RefetchRequest]]:
    found: dict[Existence | None, list[RefetchRequest]] = {}
    for hint in hints:
        found.setdefault(fate_of(hint), []).append(hint)
    return found


async def _reread(context: SyncContext, resource: Resource, hints: list[RefetchRequest]) -> None:
    """What an event tells of single objects. A polled list has mostly shown them already, and then nothing is asked."""
    served = {row["key"] for row in await context.store.table_rows(
        resource, "served_hints", resource.name, float(context.reader.overlap), resource.way is Way.VALUE)}
    hints = [hint for hint in hints if hint.key not in served]
    if not hints:
        return
    if len(hints) > FEW and len(hints) * FEW > await context.store.table_value(resource, "count"):
        await _read_all(context, resource)
        await context.store.drop(hints)
        return
    found: dict[str, bool | None] = {}
    for some in batched(hints, ASK_AT_ONCE):
        context.going_on()
        read = await together(read_one(context, resource, int(hint.key)) for hint in some)
        found |= dict(zip((hint.key for hint in some), read, strict=True))
    if None in found.values():  # the list has no way to show one object
        await _read_all(context, resource)
    known = await context.store.table_rows(
        resource, "known", [int(key) for key, shown in found.items() if shown is False])
    existences = await confirm(context, resource, [row["key"] for row in known], "event: missing, then 404")
    later = {str(key) for key, existence in existences.items() if existence in {Existence.LATER, Existence.HELD}}
    unlisted = {str(key) for key, existence in existences.items() if existence is Existence.ALIVE}
    early = [hint for hint in hints if hint.key not in later and await _is_early(context, resource, hint)]
    for tries, seconds in enumerate(context.tuning.look_again):
        await context.store.postpone("reread", resource.name, [hint.key for hint in early if hint.attempts == tries],
                                    seconds)
    await context.store.postpone("reread", resource.name, sorted(later), context.tuning.try_again,
                                why="it does not answer for sure")
    unlisted -= {hint.key for hint in early}
    await context.store.postpone("reread", resource.name, sorted(unlisted), context.tuning.try_again, why=NOT_LISTED)
    kept = later | unlisted | {hint.key for hint in early}
    await context.store.drop([hint for hint in hints if hint.key not in kept])


async def _is_early(context: SyncContext, resource: Resource, hint: RefetchRequest) -> bool:
    """Whether the row does not show yet what a recent event tells: a change may become visible later than its event."""
    if hint.told_stamp is None or hint.told_at is None or hint.attempts >= len(context.tuning.look_again):
        return False
    if context.store.clock.now() > hint.told_at + timedelta(seconds=context.reader.overlap):
        return False
    stamp: float | None = await context.store.table_value(resource, "stamp", int(hint.key))
    return stamp is None or stamp < hint.told_stamp


async def _read_all(context: SyncContext, resource: Resource) -> None:
    if resource.way is Way.VALUE:
        await context.store.value("want_sweep", resource.name)
        return
    for variant in resource.variants:
        await read_in_id_order(context, resource, variant)


async def _children(context: SyncContext, resource: Resource, hints: list[RefetchRequest], *, force: bool) -> None:
    """One parent after the other; one whose list fails holds up no other."""
    for hint in hints:
        context.going_on()
        try:
            await look_at_children(context, resource, hint, force=force)
        except (Fatal, Unavailable):
            raise
        except SyncError as error:
            await _postpone_all(context, resource, "children", [hint], str(error))


async def _owned(context: SyncContext, resource: Resource, hints: list[RefetchRequest]) -> None:
    """A merge gave a customer the rows of another, without an event and without moving updated_at."""
    for hint in hints:
        mine = [("filter[customer]", hint.key)]
        try:
            for variant in await variants_of(context.reader, resource):
                at, done = START, False
                while not done:
                    context.going_on()
                    fetched, step = await context.reader.advance(resource, variant, at, mine)
                    await context.commit(resource, fetched.page.records, fetched)
                    at, done = step.cursor, step.kind is Kind.END
        except (Refusal, Disorder):
            await context.store.value("want_sweep", resource.name)  # the list has no such filter
        await context.store.drop([hint])


def _request(row: Row) -> RefetchRequest:
    return RefetchRequest(row["kind"], row["resource"], row["key"], row["event_id"], row["attempts"], row["told_at"],
                row["told_stamp"], row["absent_since"])
