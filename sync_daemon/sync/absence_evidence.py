"""Rows that a list lacks, and that can't be asked for by an id of their own: when they count as gone.

Two complete listings a minute or more apart must lack the row; an empty one must come twice, minutes apart, and count
nothing. Of a per-parent list the parent must be there; where it is gone it must be known what became of its rows. What
is not settled stays noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sync_daemon.apply.absence import list_keys
from sync_daemon.apply.context import Engine
from sync_daemon.apply.deletes import Fate, bury, confirm, fate_of
from sync_daemon.apply.survivors import Heir, Whereabouts, heir_of
from sync_daemon.errors import Refusal, RetryLater, SyncError
from sync_daemon.model.refetch_request import Hint
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.source.child_lists import Children, read_list
from sync_daemon.source.client import Answer, json_object
from sync_daemon.tuning import SOON

Key = int | str
MOVED = {Whereabouts.MOVED, Whereabouts.TAKEN_ALONG}


async def look_at_absent(engine: Engine, resource: Resource, hints: list[Hint], *, force: bool) -> None:
    """Rows without a path of their own: what a second complete listing lacks as well is gone."""
    if resource.way is Way.CHILD:
        await _look_at_parentless(engine, resource, hints, force=force)
        return
    began = engine.store.clock.now()
    keys = await list_keys(engine, resource)
    wanted = {hint.key: hint for hint in hints}
    known = [row["key"] for row in await engine.store.table_rows(resource, "known", [
        int(key) if resource.key == "id" else key for key in wanted])]
    if keys is None:
        await engine.store.postpone("absent", resource.name, list(wanted), engine.tuning.try_again, counts=False,
                                    why="the list can't be read whole, or counts rows that it does not show")
        return
    absent = [key for key in known if key not in keys]
    apart = engine.tuning.listings_apart if keys else engine.tuning.empty_apart
    ripe = {key: began for key in absent if _is_ripe(wanted[str(key)], began, apart)}
    fates = await bury(engine, resource, ripe, "absent from two complete listings", force=force)
    await _settle(engine, resource, "absent", wanted, {key: fates.get(key, Fate.UNKNOWN) for key in absent}, apart)


def _is_ripe(hint: Hint, now: datetime, apart: float) -> bool:
    """Whether an earlier listing, so many seconds ago, lacked the row too."""
    return hint.absent_since is not None and hint.absent_since + timedelta(seconds=apart) <= now + _SLACK


_SLACK = timedelta(seconds=1)
"""The clocks by which the two looks were taken may differ by so much."""


async def _settle(engine: Engine, resource: Resource, kind: str, wanted: Mapping[str, Hint], fates: Mapping[Key, Fate],
                  apart: float) -> None:
    """Keeps what is not settled for another look, and lets the rest go."""
    kept: set[str] = set()
    for fate, seconds in ((Fate.UNKNOWN, apart), (Fate.LATER, engine.tuning.try_again), (Fate.HELD, apart)):
        keys = [str(key) for key, found in fates.items() if found is fate]
        await engine.store.postpone(kind, resource.name, keys, seconds, held=fate is Fate.HELD, lacking=True)
        kept |= set(keys)
    await engine.store.drop([hint for key, hint in wanted.items() if key not in kept])


async def look_at_children(engine: Engine, resource: Resource, hint: Hint, *, force: bool) -> None:
    """Reads the list of one parent again, and finds out about what it no longer has. Raises SyncError."""
    parent = int(hint.key)
    children = await read_list(engine.reader, resource, parent)
    if children.answers:
        await engine.commit(resource, children.records, children.answers)
    listed = {record.key for record in children.records}
    had = await engine.store.table_rows(resource, "of", [parent])
    absent = sorted(row["key"] for row in had if row["key"] not in listed)
    if not absent:
        await engine.store.drop([hint])
        return
    if not children.whole:
        raise SyncError(f"{resource.name}: the list of {resource.parent} {parent} shows less than it did, since the "
                        "server refuses a parameter that it knew", brief="a list shows less than it did")
    fates = await _fates(engine, resource, hint, absent, children, force=force)
    if Fate.ALIVE in fates.values():
        raise SyncError(f"{resource.name}: the list of {resource.parent} {parent} lacks a row that answers by its id",
                        brief="a list lacks rows that are there")
    worst = next((fate for fate in (Fate.LATER, Fate.UNKNOWN, Fate.HELD) if fate in fates.values()), None)
    if worst is None:
        await engine.store.drop([hint])
        return
    seconds = engine.tuning.listings_apart if worst is Fate.UNKNOWN else engine.tuning.try_again
    await engine.store.postpone("children", resource.name, [hint.key], seconds, held=worst is Fate.HELD,
                                lacking=worst is not Fate.LATER)


async def _fates(engine: Engine, resource: Resource, hint: Hint, absent: list[Key], children: Children, *,
                 force: bool) -> dict[Key, Fate]:
    """What became of rows that the list of their parent lacks."""
    parents, parent = BY_NAME[resource.parent or ""], int(hint.key)
    how = f"{'sweep' if hint.event_id is None else 'event'}: gone from its parent's list"
    readable = not any(answer.page.rejects for answer in children.answers)
    fate, _ = await fate_of(engine, parents, parent)
    if fate is Fate.ALIVE:
        fates = await confirm(engine, resource, absent, how, parent=parent, force=force)
        left = [key for key in absent if fates.get(key) is Fate.UNKNOWN]
        # a row whose key can't be read may be the one that seems absent: then only a 404 of its own tells
        if not (left and readable and await _is_proven(engine, resource, hint, parent, left, force=force)):
            return fates
        return fates | await _bury_now(engine, resource, left, how, parent, force=force)
    if fate is not Fate.GONE:
        return dict.fromkeys(absent, Fate.LATER)
    heir = await heir_of(engine, resource, parent)
    rows = await engine.store.table_rows(resource, "of", [parent])
    left = sorted(row["key"] for row in rows)  # but for those that the heir has
    if heir.whereabouts is Whereabouts.LATER:
        return dict.fromkeys(left, Fate.LATER)
    if heir.whereabouts is Whereabouts.UNKNOWN and not await _was_searched(engine, resource, hint):
        return dict.fromkeys(left, Fate.UNKNOWN)
    if heir.parent is not None and resource.retrieve is not None:
        return await confirm(engine, resource, left, how, parent=heir.parent, force=force)
    return await _bury_now(engine, resource, left, _cause(heir, how), heir.parent, force=force)


def _cause(heir: Heir, how: str) -> str:
    return "gone with its parent" if heir.whereabouts is Whereabouts.TAKEN_ALONG else how


async def _bury_now(engine: Engine, resource: Resource, keys: list[Key], how: str, parent: int | None, *,
                    force: bool) -> dict[Key, Fate]:
    return await bury(engine, resource, dict.fromkeys(keys, engine.store.clock.now()), how, parent, force=force)


async def _is_proven(engine: Engine, resource: Resource, hint: Hint, parent: int, keys: list[Key], *,
                     force: bool) -> bool:
    """Whether it is proven that rows without a path of their own are gone, which the list of a living parent lacks.

    Raises SyncError where nothing proves it after minutes, so that it is told; a person may say so by `force`.
    """
    now = engine.store.clock.now()
    if not _is_ripe(hint, now, engine.tuning.listings_apart):
        return False
    is_late = _is_ripe(hint, now, engine.tuning.empty_apart)
    if resource.path.endswith("payment_plan"):
        proven, why = await _names_none(engine, parent, keys), "which the invoice still names"
    else:
        others = await engine.store.table_rows(resource, "other_parent", parent, resource.name)
        if not others:
            return is_late
        listed = {record.key for record in (await read_list(engine.reader, resource, others[0]["parent"])).records}
        # such lists still show something
        proven, why = force or any(row["key"] in listed for row in others), "and so do those of others"
    if not proven and is_late:
        raise SyncError(f"{resource.name}: the list of {resource.parent} {parent} lacks rows, {why}; if they are gone, "
                        f"run `invoiced-sync verify {resource.name} --repair --force`",
                        brief="lists lack rows that may be there")
    return proven


async def _names_none(engine: Engine, invoice: int, plans: list[Key]) -> bool:
    """Whether the invoice itself says that none of these plans is its own any more; it may have another by now."""
    path = (BY_NAME["invoices"].retrieve or "").replace("{id}", str(invoice))

    def parse(answer: Answer) -> object:
        found = json_object(answer)
        if found.get("id") != invoice:
            raise RetryLater(f"GET {path}: the answer is about something else")
        return found.get("payment_plan")

    try:
        plan = await engine.reader.api.get(path, parse=parse, patience=SOON)
    except (Refusal, RetryLater):
        return False
    named = plan.get("id") if isinstance(plan, dict) else plan
    return named not in plans


async def _look_at_parentless(engine: Engine, resource: Resource, hints: list[Hint], *, force: bool) -> None:
    """Rows of which no parent is known: no list of any parent showed them in a complete pass."""
    wanted = {hint.key: hint for hint in hints}
    rows = await engine.store.table_rows(resource, "parentless", len(hints) + 1000)
    fates: dict[Key, Fate] = {}
    for row in rows:
        hint = wanted.get(str(row["key"]))
        if hint is not None and row["parent"] is None:
            fates[row["key"]] = Fate.GONE if await _was_searched(engine, resource, hint) else Fate.UNKNOWN
    gone = [key for key, fate in fates.items() if fate is Fate.GONE]
    fates |= await _bury_now(engine, resource, gone, "in no parent's list", None, force=force)
    left = {key: fate for key, fate in fates.items() if fate is not Fate.GONE}
    await _settle(engine, resource, "absent", wanted, left, engine.tuning.listings_apart)


async def _was_searched(engine: Engine, resource: Resource, hint: Hint) -> bool:
    """Whether all parents' lists were read since the row was first missed, and none failed; if not, asks for that."""
    row = await engine.store.row("cursor", resource.name)
    swept: datetime | None = None if row is None else row["swept_at"]
    failing = [found for found in await engine.store.rows("failing_hints")
               if found["resource"] == resource.name and found["kind"] == "children" and found["key"] != hint.key]
    if hint.absent_since is not None and swept is not None and swept > hint.absent_since and not failing:
        return True
    if hint.absent_since is None:
        await engine.store.value("want_sweep", resource.name)
    return False
