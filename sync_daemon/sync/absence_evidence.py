"""Evidence for the deletion of rows that a list lacks and that can't be asked for by id.

Two complete listings a minute or more apart must lack the row; an empty one must come twice, minutes apart, and count
no rows. For a per-parent list the parent must exist; if it is deleted, it must be known what became of its rows.
Unsettled absences stay in the queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sync_daemon.apply.absence import list_keys
from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.deletes import Existence, confirm, existence_of, tombstone
from sync_daemon.apply.survivors import Heir, Whereabouts, heir_of
from sync_daemon.errors import Refusal, RetryLater, SyncError
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.source.answer import Answer, json_object
from sync_daemon.source.child_lists import Children, read_list
from sync_daemon.tuning import SOON

Key = int | str
MOVED = {Whereabouts.MOVED, Whereabouts.TAKEN_ALONG}


async def look_at_absent(context: SyncContext, resource: Resource, requests: list[RefetchRequest], *,
                         force: bool) -> None:
    """Rows without a retrieve: those that a second complete listing lacks as well are deleted."""
    if resource.way is Way.CHILD:
        await _look_at_parentless(context, resource, requests, force=force)
        return
    began = context.store.clock.now()
    keys = await list_keys(context, resource)
    wanted = {request.key: request for request in requests}
    known = await context.store.tables.known(resource, [int(key) if resource.key == "id" else key for key in wanted])
    if keys is None:
        await context.store.queue.postpone("absent", resource.name, list(wanted), context.tuning.try_again,
                                           counts=False,
                                    why="the list can't be read whole, or counts rows that it does not show")
        return
    absent = [key for key in known if key not in keys]
    apart = context.tuning.listings_apart if keys else context.tuning.empty_apart
    ripe = {key: began for key in absent if _is_ripe(wanted[str(key)], began, apart)}
    existences = await tombstone(context, resource, ripe, "absent from two complete listings", force=force)
    await _settle(context, resource, "absent", wanted, {key: existences.get(key, Existence.UNKNOWN) for key in absent},
                  apart)


def _is_ripe(request: RefetchRequest, now: datetime, apart: float) -> bool:
    """Whether an earlier listing, at least `apart` seconds ago, lacked the row too."""
    return request.absent_since is not None and request.absent_since + timedelta(seconds=apart) <= now + _SLACK


_SLACK = timedelta(seconds=1)
"""How much the clocks of the two looks may differ."""


async def _settle(context: SyncContext, resource: Resource, kind: str, wanted: Mapping[str, RefetchRequest],
                  existences: Mapping[Key, Existence],
                  apart: float) -> None:
    """Keeps what is not settled for another look, and drops the rest."""
    kept: set[str] = set()
    for existence, seconds in ((Existence.UNKNOWN, apart), (Existence.LATER, context.tuning.try_again),
                               (Existence.HELD, apart)):
        keys = [str(key) for key, found in existences.items() if found is existence]
        await context.store.queue.postpone(kind, resource.name, keys, seconds, held=existence is Existence.HELD,
                                           lacking=True)
        kept |= set(keys)
    await context.store.queue.drop([request for key, request in wanted.items() if key not in kept])


async def look_at_children(context: SyncContext, resource: Resource, request: RefetchRequest, *, force: bool) -> None:
    """Reads the list of one parent again, and settles the rows that it no longer has. Raises SyncError."""
    parent = int(request.key)
    children = await read_list(context.reader, resource, parent)
    if children.answers:
        await context.commit(resource, children.records, children.answers)
    listed = {record.key for record in children.records}
    absent = sorted(key for key in await context.store.tables.children_of(resource, [parent]) if key not in listed)
    if not absent:
        await context.store.queue.drop([request])
        return
    if not children.whole:
        raise SyncError(f"{resource.name}: the list of {resource.parent} {parent} shows less than it did, since the "
                        "server refuses a parameter that it knew", brief="a list shows less than it did")
    existences = await _existences(context, resource, request, absent, children, force=force)
    if Existence.ALIVE in existences.values():
        raise SyncError(f"{resource.name}: the list of {resource.parent} {parent} lacks a row that answers by its id",
                        brief="a list lacks rows that are there")
    worst = next((existence for existence in (Existence.LATER, Existence.UNKNOWN, Existence.HELD)
                  if existence in existences.values()), None)
    if worst is None:
        await context.store.queue.drop([request])
        return
    seconds = context.tuning.listings_apart if worst is Existence.UNKNOWN else context.tuning.try_again
    await context.store.queue.postpone("children", resource.name, [request.key], seconds, held=worst is Existence.HELD,
                                lacking=worst is not Existence.LATER)


async def _existences(context: SyncContext, resource: Resource, request: RefetchRequest, absent: list[Key],
                 children: Children,
                 *,
                 force: bool) -> dict[Key, Existence]:
    """Existence of rows that their parent's list lacks."""
    parents, parent = BY_NAME[resource.parent or ""], int(request.key)
    evidence = f"{'sweep' if request.event_id is None else 'event'}: gone from its parent's list"
    readable = not any(answer.page.rejects for answer in children.answers)
    existence, _ = await existence_of(context, parents, parent)
    if existence is Existence.ALIVE:
        existences = await confirm(context, resource, absent, evidence, parent=parent, force=force)
        left = [key for key in absent if existences.get(key) is Existence.UNKNOWN]
        # a row whose key can't be read may be the absent one: then only its own 404 is proof
        if not (left and readable and await _is_proven(context, resource, request, parent, left, force=force)):
            return existences
        return existences | await _tombstone_now(context, resource, left, evidence, parent, force=force)
    if existence is not Existence.GONE:
        return dict.fromkeys(absent, Existence.LATER)
    heir = await heir_of(context, resource, parent)
    left = sorted(await context.store.tables.children_of(resource, [parent]))  # except those that the new parent has
    if heir.whereabouts is Whereabouts.LATER:
        return dict.fromkeys(left, Existence.LATER)
    if heir.whereabouts is Whereabouts.UNKNOWN and not await _was_searched(context, resource, request):
        return dict.fromkeys(left, Existence.UNKNOWN)
    if heir.parent is not None and resource.retrieve is not None:
        return await confirm(context, resource, left, evidence, parent=heir.parent, force=force)
    return await _tombstone_now(context, resource, left, _cause(heir, evidence), heir.parent, force=force)


def _cause(heir: Heir, evidence: str) -> str:
    return "gone with its parent" if heir.whereabouts is Whereabouts.TAKEN_ALONG else evidence


async def _tombstone_now(context: SyncContext, resource: Resource, keys: list[Key], evidence: str, parent: int | None,
                         *,
                    force: bool) -> dict[Key, Existence]:
    return await tombstone(context, resource, dict.fromkeys(keys, context.store.clock.now()), evidence, parent,
                           force=force)


async def _is_proven(context: SyncContext, resource: Resource, request: RefetchRequest, parent: int, keys: list[Key], *,
                     force: bool) -> bool:
    """Whether rows without a retrieve that an existing parent's list lacks are proven to be deleted.

    Raises SyncError if there is still no proof after minutes, so that it is reported; a person may `force` it.
    """
    now = context.store.clock.now()
    if not _is_ripe(request, now, context.tuning.listings_apart):
        return False
    is_late = _is_ripe(request, now, context.tuning.empty_apart)
    if resource.path.endswith("payment_plan"):
        proven, why = await _names_none(context, parent, keys), "which the invoice still names"
    else:
        others = await context.store.tables.other_parents_children(resource, parent)
        if not others:
            return is_late
        other = next(iter(others.values()))
        listed = {record.key for record in (await read_list(context.reader, resource, other)).records}
        # such lists still show rows; or there is an event for each row
        proven = force or any(key in listed for key in others) or (
            is_late and await _were_told(context, resource, keys))
        why = "and so do those of others"
    if not proven and is_late:
        raise SyncError(f"{resource.name}: the list of {resource.parent} {parent} lacks rows, {why}; if they are gone, "
                        f"run `invoiced-sync verify {resource.name} --repair --force`",
                        brief="lists lack rows that may be there")
    return proven


async def _were_told(context: SyncContext, resource: Resource, keys: list[Key]) -> bool:
    """Whether there is a deletion event for each of these rows."""
    parts = [str(key).rpartition(":") for key in keys]
    objects = [(int(ident), kind or None) for kind, _, ident in parts]
    return await context.store.tables.told_deleted(f"{resource.event}.deleted", objects)


async def _names_none(context: SyncContext, invoice: int, plans: list[Key]) -> bool:
    """Whether the invoice itself no longer names any of these plans; it may have another by now."""
    path = (BY_NAME["invoices"].retrieve or "").replace("{id}", str(invoice))

    def parse(answer: Answer) -> object:
        found = json_object(answer)
        if found.get("id") != invoice:
            raise RetryLater(f"GET {path}: the answer is about something else")
        return found.get("payment_plan")

    try:
        plan = await context.reader.api.get(path, parse=parse, patience=SOON)
    except (Refusal, RetryLater):
        return False
    named = plan.get("id") if isinstance(plan, dict) else plan
    return named not in plans


async def _look_at_parentless(context: SyncContext, resource: Resource, requests: list[RefetchRequest], *,
                              force: bool) -> None:
    """Rows without a known parent: no list of any parent showed them in a complete pass."""
    wanted = {request.key: request for request in requests}
    existences: dict[Key, Existence] = {}
    for key, parent in (await context.store.tables.parentless(resource, len(requests) + 1000)).items():
        request = wanted.get(str(key))
        if request is not None and parent is None:
            searched = await _was_searched(context, resource, request)
            existences[key] = Existence.GONE if searched else Existence.UNKNOWN
    gone = [key for key, existence in existences.items() if existence is Existence.GONE]
    existences |= await _tombstone_now(context, resource, gone, "in no parent's list", None, force=force)
    left = {key: existence for key, existence in existences.items() if existence is not Existence.GONE}
    await _settle(context, resource, "absent", wanted, left, context.tuning.listings_apart)


async def _was_searched(context: SyncContext, resource: Resource, request: RefetchRequest) -> bool:
    """Whether all parents' lists were read without failure since the row was first absent; if not, requests that."""
    row = await context.store.state.of(resource.name)
    swept: datetime | None = None if row is None else row["swept_at"]
    failing = [found for found in await context.store.queue.failing()
               if found["resource"] == resource.name and found["kind"] == "children" and found["key"] != request.key]
    if request.absent_since is not None and swept is not None and swept > request.absent_since and not failing:
        return True
    if request.absent_since is None:
        await context.store.state.want_sweep(resource.name)
    return False
