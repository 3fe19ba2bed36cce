"""Safe deletes: no row leaves its table just because it is absent, or because an event says so.

Confirmed means a 404 on the object's own retrieve, in the API's own words and about the object, while another object
answers 200 in the same pass (one of the mirror, else one that the list shows) and the key is still of the pinned
account. Without a retrieve, it means absence from two complete listings a minute or more apart. Deletions are counted
by resource and day, however they were found: many need a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum

from sync_daemon.apply.account_guard import same_account
from sync_daemon.apply.context import SyncContext
from sync_daemon.concurrency import batched, run_all
from sync_daemon.errors import Refusal, RetryLater
from sync_daemon.log import log
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import BY_NAME, RESOURCES, Resource
from sync_daemon.source.answer import Answer, json_head
from sync_daemon.source.capabilities import variants_of
from sync_daemon.source.pagination import Ask
from sync_daemon.tuning import SOON

ASK_AT_ONCE = 10
FEW = 3
"""Most rows of a list that are asked for by their ids, as controls."""
SAMPLE = 20
"""Sample size: of very many candidates, this many are asked for first."""


class Existence(Enum):
    ALIVE = "alive"
    GONE = "gone"
    UNKNOWN = "unknown"
    """There is no retrieve for such objects."""
    LATER = "later"
    """It did not answer, or the controls failed: nothing is certain now."""
    HELD = "held"
    """Deleted, but so many within a day need a person."""


async def existence_of(context: SyncContext, resource: Resource, key: int | str,
                  parent: int | None = None) -> tuple[Existence, datetime]:
    """Asks for one object by its id; returns the answer and when the request was sent.

    For a child the parent must be known to exist: a 404 may be about the parent as well.
    """
    if resource.retrieve is None or resource.key != "id":
        return Existence.UNKNOWN, context.store.clock.now()
    path = resource.retrieve.replace("{parent}", str(parent)).replace("{id}", str(key))
    asked_at = context.store.clock.now()

    def parse(answer: Answer) -> datetime:
        if str(json_head(answer).id) != str(key):
            raise RetryLater(f"GET {path}: the answer is about something else")
        return answer.asked_at

    context.progress.count(resource.name, requests=1)
    try:
        return Existence.ALIVE, await context.reader.api.get(path, parse=parse, patience=SOON)
    except Refusal as error:
        if error.of_route:
            return Existence.UNKNOWN, asked_at
        return (Existence.GONE if error.status == 404 else Existence.LATER), asked_at
    except RetryLater as error:
        log().warning("refetch.postponed", resource=resource.name, why=str(error),
                      hint="Nothing to do: it is looked at again in a minute.")
        return Existence.LATER, asked_at


async def existences_of(context: SyncContext, resource: Resource, keys: Iterable[int | str],
                   parent: int | None = None) -> dict[int | str, tuple[Existence, datetime]]:
    """Asks for several objects, some concurrently."""
    found: dict[int | str, tuple[Existence, datetime]] = {}
    for some in batched(keys, ASK_AT_ONCE):
        context.raise_if_stopped()
        answers = await run_all(existence_of(context, resource, key, parent) for key in some)
        found |= dict(zip(some, answers, strict=True))
    return found


async def confirm(context: SyncContext, resource: Resource, keys: Iterable[int | str], evidence: str, *,
                  parent: int | None = None, force: bool = False) -> dict[int | str, Existence]:
    """Finds out which of these rows of the mirror are deleted at the source, and moves those to `_deleted`.

    Very many at once are sampled first: if the sample is gone, all wait for a person, and no more are asked for.
    """
    keys = list(keys)
    if not force and await context.store.too_many(resource, keys, context.tuning.most_deleted):
        some = await existences_of(context, resource, spread(keys, SAMPLE), parent)
        if all(existence is Existence.GONE for existence, _ in some.values()):
            return _held(resource, keys)
    asked = await existences_of(context, resource, keys, parent)
    gone = {key: asked_at for key, (existence, asked_at) in asked.items() if existence is Existence.GONE}
    existences = {key: existence for key, (existence, _) in asked.items()}
    return existences | await tombstone(context, resource, gone, evidence, parent, force=force)


def spread(keys: Sequence[int | str], most: int) -> list[int | str]:
    """At most `most` of them, evenly spaced from first to last."""
    return list(keys) if len(keys) <= most else [keys[index * len(keys) // most] for index in range(most)]


async def tombstone(context: SyncContext, resource: Resource, gone: Mapping[int | str, datetime], evidence: str,
               parent: int | None = None, *, force: bool = False) -> dict[int | str, Existence]:
    """Tombstones confirmed deletions, if the controls hold; `gone` has when each confirming request was sent."""
    if not gone:
        return {}
    if not await _controls_hold(context, resource, gone, parent):
        return dict.fromkeys(gone, Existence.LATER)
    orphans = [RefetchRequest("children", child.name, str(key)) for key in gone for child in RESOURCES
               if child.parent == resource.name]
    tombstoned = await context.store.tombstone(resource, gone, evidence, orphans, most=context.tuning.most_deleted,
                                               forced=force)
    if tombstoned is None:
        return _held(resource, gone)
    context.progress.count(resource.name, deleted=len(tombstoned))
    if tombstoned:
        log().info("row.deleted", resource=resource.name, rows=len(tombstoned),
                   keys=[str(key) for key in tombstoned[:5]],
                   evidence=evidence)
    return dict.fromkeys(gone, Existence.GONE)


async def _controls_hold(context: SyncContext, resource: Resource, gone: Mapping[int | str, datetime],
                         parent: int | None) -> bool:
    """Preconditions of a tombstone: the key is of this account, and a known-good object answers.

    Raises Fatal if the key is now of another account.
    """
    if not await same_account(context.reader.api, context.store):
        return _held_back(resource, gone, "the API does not say whose key this is")
    control, but = resource, list(gone)
    if resource.parent is not None:
        control, but = BY_NAME[resource.parent], [] if parent is None else [parent]
    if control.retrieve is None or control.key != "id":  # use another kind of object
        control, but = BY_NAME["customers"], []
    others = await context.store.tables.others(control, but)
    existences = {existence for existence, _ in (await existences_of(context, control, others)).values()}
    if not others or Existence.ALIVE in existences:
        return True
    # the controls may be deleted as well: ask for rows that the list shows
    if existences == {Existence.GONE} and await _listed_answers(context, control):
        return True
    return _held_back(resource, gone, f"no other object of {control.name} answered either")


async def _listed_answers(context: SyncContext, resource: Resource) -> bool:
    """Whether a row that the list shows answers by its id; for a list that counts 0, a row of another kind."""
    for variant in await variants_of(context.reader, resource):
        listed = await context.reader.fetch(resource, variant, Ask(0, FEW, 1))
        if keys := [record.key for record in listed.page.records]:
            return Existence.ALIVE in {existence for existence,
                                       _ in (await existences_of(context, resource, keys)).values()}
        if listed.total != 0 or listed.page.rejects:
            return False
    witness = BY_NAME["invoices" if resource.name == "customers" else "customers"]
    known = await context.store.tables.others(witness)
    return not known or Existence.ALIVE in {existence for existence, _ in
                                            (await existences_of(context, witness, known)).values()}


def _held(resource: Resource, keys: Iterable[int | str]) -> dict[int | str, Existence]:
    held = dict.fromkeys(keys, Existence.HELD)
    log().error("deletion.held", resource=resource.name, rows=len(held),
                hint=f"So many within a day need a person: look at the account, then run "
                     f"`invoiced-sync verify {resource.name} --repair --force`.")
    return held


def _held_back(resource: Resource, gone: Mapping[int | str, datetime], why: str) -> bool:
    log().warning("deletion.held", resource=resource.name, rows=len(gone), why=why,
                  hint="Nothing to do: it is tried again in a minute.")
    return False
