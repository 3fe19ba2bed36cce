"""Deleting safely: nothing leaves its table because it is absent, or because an event says so.

Confirmed means a 404 on the object's own retrieve, in the API's own words and about the object, while a known-good
object answers 200 in the same pass and the key still is of the account that this schema was made for. Where there is
no retrieve, it means absence from two complete listings a minute or more apart. Many at once need a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from sync_daemon.account import same_account
from sync_daemon.api import Answer, Patience, json_head
from sync_daemon.children import read_list
from sync_daemon.engine import Engine
from sync_daemon.errors import Refusal, RetryLater
from sync_daemon.log import log
from sync_daemon.resources import RESOURCES, Resource
from sync_daemon.store import Hint
from sync_daemon.together import batched, together

ASK_AT_ONCE = 10
SOON = Patience(3, 0.0)
"""One object that can't be asked for (its retrieve ends in 500, say) must not hold up all others."""
MOST_AT_ONCE = 50
"""More rows than this, and more than MOST_SHARE of the table, need a person's --force."""
MOST_SHARE = 0.2
LISTINGS_APART = 60.0


class Fate(Enum):
    ALIVE = "alive"
    GONE = "gone"
    UNKNOWN = "unknown"
    """There is no retrieve for such objects."""
    LATER = "later"
    """It did not answer, or the controls failed: nothing is known for sure now."""
    HELD = "held"
    """Gone, but so many at once need a person."""


async def fate_of(engine: Engine, resource: Resource, key: int | str, parent: int | None) -> tuple[Fate, datetime]:
    """Asks for one object by its id; when the question was sent comes with the answer."""
    if resource.retrieve is None:
        return Fate.UNKNOWN, engine.store.clock.now()
    path = resource.retrieve.replace("{parent}", str(parent)).replace("{id}", str(key))
    asked_at = engine.store.clock.now()

    def parse(answer: Answer) -> datetime:
        if str(json_head(answer).id) != str(key):
            raise RetryLater(f"GET {path}: the answer is about something else")
        return answer.asked_at

    engine.progress.count(resource.name, requests=1)
    try:
        return Fate.ALIVE, await engine.reader.api.get(path, parse=parse, patience=SOON)
    except Refusal as error:
        if error.of_route:
            return Fate.UNKNOWN, asked_at
        return (Fate.GONE if error.status == 404 else Fate.ALIVE), asked_at
    except RetryLater as error:
        log().warning("hint.postponed", resource=resource.name, why=str(error),
                      hint="Nothing to do: it is looked at again in a minute.")
        return Fate.LATER, asked_at


async def confirm(engine: Engine, resource: Resource, keys: Iterable[int | str], how: str, *,
                  parent: int | None = None, absent_twice: bool = False,
                  force: bool = False) -> dict[int | str, Fate]:
    """Finds out which of these rows of the mirror are gone, and buries them.

    `absent_twice` tells that two complete listings a minute apart did not have them, which must do for objects
    without a retrieve; those are otherwise UNKNOWN.
    """
    fates: dict[int | str, Fate] = {}
    gone: dict[int | str, datetime] = {}
    for some in batched(keys, ASK_AT_ONCE):
        engine.going_on()
        answers = await together(fate_of(engine, resource, key, parent) for key in some)
        for key, (fate, asked_at) in zip(some, answers, strict=True):
            fates[key] = Fate.GONE if fate is Fate.UNKNOWN and absent_twice else fate
            if fates[key] is Fate.GONE:
                gone[key] = asked_at
    return fates | await _bury(engine, resource, gone, how, parent, force=force)


async def bury_absent(engine: Engine, resource: Resource, absent: dict[int | str, datetime], *,
                      force: bool) -> dict[int | str, Fate]:
    """Buries what two complete listings a minute or more apart did not have."""
    return await _bury(engine, resource, absent, "absent from two complete listings", None, force=force)


async def _bury(engine: Engine, resource: Resource, gone: dict[int | str, datetime], how: str, parent: int | None, *,
                force: bool) -> dict[int | str, Fate]:
    if not gone:
        return {}
    fate = await _may_delete(engine, resource, gone, parent, force=force)
    if fate is Fate.GONE:
        buried = await engine.store.bury(resource, gone, how, _orphans(resource, gone))
        engine.progress.count(resource.name, deleted=len(buried))
        if buried:
            log().info("row.deleted", resource=resource.name, rows=len(buried), keys=[str(key) for key in buried[:5]],
                       how=how)
    return dict.fromkeys(gone, fate)


async def _may_delete(engine: Engine, resource: Resource, gone: dict[int | str, datetime], parent: int | None, *,
                      force: bool) -> Fate:
    """The controls before the first tombstone of a batch. Raises Fatal if the key is of another account by now."""
    await same_account(engine.reader.api, engine.store)
    if resource.retrieve is not None and resource.key == "id" and parent is None:
        others = [row["key"] for row in await engine.store.table_rows(resource, "another", list(gone))]
        fates = await together(fate_of(engine, resource, key, None) for key in others)
        if others and all(fate is not Fate.ALIVE for fate, _ in fates):
            log().warning("deletion.held", resource=resource.name, rows=len(gone),
                          why="other objects of the kind did not answer either",
                        hint="Nothing to do: it is tried again in a minute.")
            return Fate.LATER
    if len(gone) > MOST_AT_ONCE and not force:
        rows = await engine.store.table_value(resource, "count")
        if len(gone) > MOST_SHARE * rows:
            log().error("deletion.held", resource=resource.name, rows=len(gone), of=rows,
                        hint=f"So many at once need a person: look at the account, then run "
                             f"`invoiced-sync verify {resource.name} --repair --force`.")
            return Fate.HELD
    return Fate.GONE


def _orphans(resource: Resource, gone: Iterable[int | str]) -> list[Hint]:
    """The lists of children whose parent is gone are to be looked at as well."""
    return [Hint("children", child.name, str(key)) for key in gone for child in RESOURCES
            if child.parent == resource.name]


async def reread_children(engine: Engine, resource: Resource, parent: int, how: str, *, absent_before: bool,
                          force: bool = False) -> bool:
    """Reads the list of one parent again, and confirms what it no longer has; False if that takes another look.

    `absent_before` tells that a listing a minute ago or earlier already lacked something.
    """
    had = {row["key"] for row in await engine.store.rows(f"{resource.name}.of", [parent])}
    children = await read_list(engine, resource, parent)
    if children.answers:
        await engine.commit(resource, children.records, children.answers)
    absent = had - {record.key for record in children.records}
    # a row whose key can't be read may be the one that seems absent: then only a 404 of its own tells that it is gone
    whole = not any(answer.page.rejects for answer in children.answers)
    fates = await confirm(engine, resource, sorted(absent), how, parent=parent, absent_twice=absent_before and whole,
                          force=force)
    unsure = {Fate.UNKNOWN, Fate.LATER, Fate.HELD} if whole else {Fate.LATER, Fate.HELD}
    return not unsure & set(fates.values())
