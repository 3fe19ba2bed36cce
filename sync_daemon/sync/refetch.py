"""Serves refetch requests: each is read from the resource's own list, and dropped when that is committed.

    gone        confirm by its id that an object is deleted
    absent      see whether a second complete listing lacks the row as well
    reread      read one object again from its list, unless a poll has done so since
    children    read the list of one parent again
    owned       read the rows of a customer again
    sweep       read the whole list
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync_daemon.apply.absence import list_keys, read_in_id_order
from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.deletes import ASK_AT_ONCE, SAMPLE, Existence, confirm, spread
from sync_daemon.apply.single_object import read_one
from sync_daemon.concurrency import batched, run_all
from sync_daemon.errors import Disorder, Fatal, Refusal, Stopped, SyncError, Unavailable
from sync_daemon.log import log
from sync_daemon.model.cursor import START
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import variants_of
from sync_daemon.source.pagination import Kind
from sync_daemon.sync.absence_evidence import look_at_absent, look_at_children

FEW = 50
"""Most objects asked for one by one; for a long list, a fiftieth of its rows."""
NOT_LISTED = "its list lacks it, though it answers by its id"


async def resources_due(context: SyncContext, chosen: Iterable[Resource]) -> list[Resource]:
    """The resources with requests that are due."""
    names = await context.store.queue.resources_due()
    return [resource for resource in chosen if resource.name in names]


async def refetch(context: SyncContext, resource: Resource, *, force: bool = False, at_once: bool = False) -> None:
    """Serves the due requests of a resource. One that can't be served now is retried in a minute.

    `at_once` also serves requests that are not due yet, or held; `force` allows any number of tombstones.
    """
    now = await context.store.now()  # what is postponed or noted on the way is for the next time
    behind = ("", "")
    while requests := await context.store.queue.due(resource.name, context.tuning.requests_at_once, at_once=at_once,
                                                       now=now, behind=behind):
        behind = (requests[-1].kind, requests[-1].key)
        for kind in dict.fromkeys(request.kind for request in requests):
            context.raise_if_stopped()
            await _refetch_kind(context, resource, kind, [request for request in requests if request.kind == kind],
                               force=force)


async def _refetch_kind(context: SyncContext, resource: Resource, kind: str, requests: list[RefetchRequest], *,
                       force: bool) -> None:
    try:
        match kind:
            case "gone":
                await _gone(context, resource, requests, force=force)
            case "absent":
                await look_at_absent(context, resource, requests, force=force)
            case "reread":
                await _reread(context, resource, requests)
            case "children":
                await _children(context, resource, requests, force=force)
            case "owned":
                await _owned(context, resource, requests)
            case "sweep":
                await context.store.state.want_sweep(resource.name)
                await context.store.queue.drop(requests)
    except (Fatal, Stopped):
        raise
    except Exception as error:
        # a failed look does not count as one of two; anything but a SyncError is a bug, and reported as one
        why = str(error) if isinstance(error, SyncError) else repr(error)
        await _postpone_all(context, resource, kind, requests, why)
        if not isinstance(error, SyncError) or isinstance(error, Unavailable):
            raise


async def _postpone_all(context: SyncContext, resource: Resource, kind: str, requests: Sequence[RefetchRequest],
                        why: str) -> None:
    log().warning("refetch.postponed", resource=resource.name, requests=len(requests), why=why,
                  hint="Nothing to do: it is looked at again in a minute.")
    await context.store.queue.postpone(kind, resource.name, keys(requests), context.tuning.try_again,
                                 counts=False, why=why)


async def _gone(context: SyncContext, resource: Resource, requests: list[RefetchRequest], *, force: bool) -> None:
    """Named by events, or absent from a sweep: each is asked for by its id."""
    asked = [int(key) for key in keys(requests)]
    known = set(await context.store.tables.known(resource, asked))
    absent = {int(request.key) for request in requests if request.event_id is None}
    existences = await confirm(context, resource, sorted(known - absent), "event: deleted, then 404", force=force)
    existences |= await confirm(context, resource, sorted(known & absent), "sweep: absent, then 404", force=force)
    alive = [int(key) for key, existence in existences.items() if existence is Existence.ALIVE]
    lacking = {str(key) for key in await _read_absent(context, resource, [key for key in alive if key in absent])}
    await context.store.queue.postpone("gone", resource.name, sorted(lacking), context.tuning.try_again, why=NOT_LISTED)
    # voided, canceled or hidden: the row still exists, and has changed
    await context.store.queue.note([RefetchRequest("reread", resource.name,
                                                   str(key)) for key in alive if key not in absent])
    found: dict[Existence | None, list[RefetchRequest]] = {}
    for request in requests:
        found.setdefault(existences.get(int(request.key)), []).append(request)
    # a page read before the delete may be stored only now, after a wait for the database: look again
    unknown = [request for request in found.get(None, []) if request.attempts < len(context.tuning.look_again)]
    unproven = keys(found.get(Existence.UNKNOWN, []))
    held, later = keys(found.get(Existence.HELD, [])), keys(found.get(Existence.LATER, []))
    await context.store.queue.note([RefetchRequest("absent", resource.name, key) for key in unproven])
    await context.store.queue.postpone("gone", resource.name, held, context.tuning.try_again, held=True)
    await context.store.queue.postpone("gone", resource.name, later, context.tuning.try_again,
                                 why="it does not answer for sure")
    for attempts, seconds in enumerate(context.tuning.look_again):
        again = [request for request in unknown if request.attempts == attempts]
        await context.store.queue.postpone("gone", resource.name, keys(again), seconds)
    kept = {*keys(unknown), *held, *later, *lacking}
    await context.store.queue.drop([request for request in requests if request.key not in kept])


def keys(requests: Iterable[RefetchRequest]) -> list[str]:
    return [request.key for request in requests]


async def _read_absent(context: SyncContext, resource: Resource, alive: list[int]) -> Sequence[int]:
    """Reads rows that were touched during the sweep, or stamped back; if there are many, reads the list whole.

    Returns those that the list still lacks: their content is unknown.
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
        await context.store.state.want_sweep(resource.name)
    return lacking


async def _reread(context: SyncContext, resource: Resource, requests: list[RefetchRequest]) -> None:
    """Single objects named by events. Usually a poll has already read them, and then nothing is asked."""
    served = await context.store.tables.drop_served_requests(resource, float(context.reader.overlap),
                                                             by_stamp=resource.way is Way.VALUE)
    requests = [request for request in requests if request.key not in served]
    if not requests:
        return
    if len(requests) > FEW and len(requests) * FEW > await context.store.tables.count(resource):
        await _read_all(context, resource)
        await context.store.queue.drop(requests)
        return
    found: dict[str, bool | None] = {}
    for some in batched(requests, ASK_AT_ONCE):
        context.raise_if_stopped()
        read = await run_all(read_one(context, resource, int(request.key)) for request in some)
        found |= dict(zip((request.key for request in some), read, strict=True))
    if None in found.values():  # the list can't show a single object
        await _read_all(context, resource)
    known = await context.store.tables.known(resource, [int(key) for key, shown in found.items() if shown is False])
    existences = await confirm(context, resource, known, "event: absent, then 404")
    later = {str(key) for key, existence in existences.items() if existence in {Existence.LATER, Existence.HELD}}
    unlisted = {str(key) for key, existence in existences.items() if existence is Existence.ALIVE}
    early = [request for request in requests
             if request.key not in later and await _is_early(context, resource, request)]
    for tries, seconds in enumerate(context.tuning.look_again):
        await context.store.queue.postpone("reread", resource.name,
                                     [request.key for request in early if request.attempts == tries],
                                    seconds)
    await context.store.queue.postpone("reread", resource.name, sorted(later), context.tuning.try_again,
                                why="it does not answer for sure")
    unlisted -= {request.key for request in early}
    await context.store.queue.postpone("reread", resource.name, sorted(unlisted), context.tuning.try_again,
                                       why=NOT_LISTED)
    kept = later | unlisted | {request.key for request in early}
    await context.store.queue.drop([request for request in requests if request.key not in kept])


async def _is_early(context: SyncContext, resource: Resource, request: RefetchRequest) -> bool:
    """Whether the row does not show its event's change yet: it may become visible later than the event."""
    if request.told_stamp is None or request.attempts >= len(context.tuning.look_again):
        return False
    stamp = await context.store.tables.stamp(resource, int(request.key))
    return stamp is None or stamp < request.told_stamp


async def _read_all(context: SyncContext, resource: Resource) -> None:
    if resource.way is Way.VALUE:
        await context.store.state.want_sweep(resource.name)
        return
    for variant in resource.variants:
        await read_in_id_order(context, resource, variant)


async def _children(context: SyncContext, resource: Resource, requests: list[RefetchRequest], *, force: bool) -> None:
    """One parent after the other; a failing list holds up no other."""
    for request in requests:
        context.raise_if_stopped()
        try:
            await look_at_children(context, resource, request, force=force)
        except (Fatal, Unavailable):
            raise
        except SyncError as error:
            await _postpone_all(context, resource, "children", [request], str(error))


async def _owned(context: SyncContext, resource: Resource, requests: list[RefetchRequest]) -> None:
    """After a merge a customer has the rows of another, without events and without a change of `updated_at`."""
    for request in requests:
        mine = [("filter[customer]", request.key)]
        try:
            for variant in await variants_of(context.reader, resource):
                at, done = START, False
                while not done:
                    context.raise_if_stopped()
                    fetched, step = await context.reader.advance(resource, variant, at, mine)
                    await context.commit(resource, fetched.page.records, fetched)
                    at, done = step.cursor, step.kind is Kind.END
        except (Refusal, Disorder):
            await context.store.state.want_sweep(resource.name)  # the list can't be filtered by customer
        await context.store.queue.drop([request])
