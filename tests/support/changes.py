"""A random history of an account: changes by people, imports, merges and slow transactions, one step at a time.

The same seed makes the same choices; only what depends on the clock (which late change is visible yet) may differ.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync_daemon.model.resources import BY_NAME, RESOURCES, Way
from sync_daemon.simulator import Account
from sync_daemon.simulator.catalog import RESOURCES as CATALOG

LATEST = 2.5
"""Seconds until a late change is visible at most: less than the overlap of the runs, less one."""
MOST_DELETES = 40
"""Deletions of one list in a history: of more than 50 and a fifth of a table at once a person must decide."""
POLLED = [one.name for one in RESOURCES if one.way is Way.VALUE]
LISTS = [one.name for one in RESOURCES if one.way not in {Way.FEED, Way.SINGLE}]
CATALOGUE = ("items", "plans", "tax_rates", "coupons")
TWO_LISTINGS = {one.name for one in RESOURCES if one.retrieve is None or one.key != "id"}
"""Lists whose deletions are believed only after two listings."""
LATE = [*(name for name in POLLED if name != "notes"), "charges", "refunds", "payouts", "gl_accounts"]
"""Lists whose rows are not taken away along with a customer's."""
PARENTS = {one.parent for one in RESOURCES if one.parent is not None}
TOLD = {name for name, spec in CATALOG.items() if {"created", "updated", "deleted"} <= spec.verbs
        and name != "transactions"}
"""Lists whose every change has an event; transactions of a payment have none."""
IMPORTED = ("invoices", "payments", "transactions", "credit_notes", "estimates", "customers", "contacts", "tasks",
            "notes", "items", "charges")
TEXTS = ("notes", "description", "name", "title", "memo", "nickname")


@dataclass(slots=True)
class Changes:
    """`told_only` leaves out changes that only a sweep can find: silent changes without a new updated_at, and deletions
    without an event.
    """

    account: Account
    dice: random.Random
    forget: Callable[[], None]
    told_only: bool = False
    made: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    """Every step in words, to find out what happened to a row that differs."""
    _busy: dict[tuple[str, int], float] = field(default_factory=dict)
    _deleted: Counter[str] = field(default_factory=Counter)
    _gone: list[tuple[str, int]] = field(default_factory=list)

    def step(self) -> None:
        """One change."""
        self.account.settle()
        steps: dict[Callable[[], object], int] = {
            self._touch: 20, self._update: 20, self._silent_update: 8, self._late_update: 10, self._stamped: 4,
            self._create: 16, self._late_create: 8, self._delete: 12, self._void: 4, self._cancel: 3, self._archive: 2,
            self._empty: 1, self._import: 3, self._merge: 2, self._merge_on: 1, self._return: 3, self._plan: 2,
            self._take_plan: 1, self._promise: 3, self._forget: 2, self._delay: 2, self._pass_time: 1,
        }
        act = self.dice.choices(list(steps), list(steps.values()))[0]
        name = act.__name__.strip("_")
        found = act()
        if found is not None:
            self.made[name] += 1
            self.told.append(f"{time.time():.2f} {self.account.clock.now():.2f} {name} {found}")

    # Picking rows.

    def _row(self, resource: str) -> int | None:
        rows = self.account.tables[resource].by_id
        return self.dice.choice(rows).id if rows else None

    def _free(self, resource: str, count: int = 1) -> int | None:
        """A row that may be removed, or None."""
        rows, key = self.account.tables[resource].by_id, self._row(resource)
        busy = key is None or self._busy.get((resource, key), 0) > self.account.clock.elapsed()
        spent = self._deleted[resource] + count > MOST_DELETES
        return None if busy or spent or len(rows) < count else key

    def _text(self, resource: str, key: int) -> dict[str, Any]:
        content = self.account.content(self.account.find(resource, key))
        names = [name for name in TEXTS if isinstance(content.get(name), str)]
        return {self.dice.choice(names or ["notes"]): f"change {self.dice.randrange(10**9)}"}

    # Changes.

    def _touch(self) -> object:
        return self.account.touch(self.dice.randrange(1, 4))

    def _update(self) -> object:
        return self._change(self.dice.choice(LISTS))

    def _silent_update(self) -> object:
        """As by SQL: without an event, and mostly without a new updated_at."""
        stamp = self.dice.random() < 0.3 or self.told_only
        return self._change(self.dice.choice(LISTS), silent=True, stamp=stamp)

    def _late_update(self) -> object:
        return self._change(self.dice.choice(LATE), visible_in=self.dice.uniform(0.1, LATEST))

    def _stamped(self) -> object:
        """With an updated_at other than now: none, in the repeated hour of a time change, of a clock ahead."""
        second = self.dice.choice([None, 0, self.account.now() - 3600,
                                   self.account.now() - self.dice.randrange(1, 10**6),
                                   self.account.now() + self.dice.randrange(1, 15)])
        resource = self.dice.choice([name for name in POLLED if not self.told_only or name in TOLD])
        if self.dice.random() < 0.5:
            return resource, self.account.create(resource, updated_at=second), second
        return self._change(resource, updated_at=second)

    def _promise(self) -> object:
        """Changes a hidden field, and no `updated_at`: only its event tells."""
        key = self._row("invoices")
        if key is None:
            return None
        self.account.promise(key, self.account.now() + self.dice.randrange(1, 10**6))
        return "invoices", key

    def _change(self, resource: str, **more: Any) -> object:
        key = self._row(resource)
        if key is None:
            return None
        fields = self._text(resource, key)
        if more.get("visible_in"):
            self._busy[resource, key] = self.account.clock.elapsed() + more["visible_in"] + 1
        self.account.update(resource, key, fields, **more)
        return resource, key, fields, more

    def _create(self) -> object:
        resource = self.dice.choice([name for name in LISTS if name != "payment_plans"])
        silent = self.dice.random() < 0.2
        return resource, self.account.create(resource, self.dice.randrange(1, 4), silent=silent), silent

    def _late_create(self) -> object:
        resource, late = self.dice.choice(LATE), self.dice.uniform(0.1, LATEST)
        return resource, self.account.create(resource, self.dice.randrange(1, 4), visible_in=late), late

    def _delete(self) -> object:
        """As the API deletes, which may only hide or cancel; or removed from the list, as support does by SQL."""
        resource = self.dice.choice([name for name in LISTS if name != "payment_plans"])
        removal = CATALOG[resource].removal
        hard = removal in {"hard", "never"} or self.dice.random() < 0.6
        if hard and self.told_only and resource not in TOLD:
            return None
        key = self._free(resource)
        if key is None or (hard and not self._may_go(resource, key)):
            return None
        silent = self.dice.random() < 0.4 and not (hard and self.told_only)
        self.account.delete(resource, key, silent=silent, hard=hard)
        if hard:
            self._deleted[resource] += 1
            if BY_NAME[resource].way is not Way.CHILD and resource not in TWO_LISTINGS:
                self._gone.append((resource, key))
        return resource, key, "silently" if silent else "told", removal if not hard else "hard"

    def _may_go(self, resource: str, key: int) -> bool:
        if resource == "invoices":
            return not self.account.owned("payment_plans", [key])
        if resource != "customers":
            return True
        lost = Counter({child: len(self.account.owned(child, [key])) for child in
                        ("contacts", "payment_sources", "pending_line_items", "notes", "tasks")})
        fits = all(self._deleted[child] + count <= MOST_DELETES for child, count in lost.items())
        if not fits or (self.told_only and lost["notes"]):
            return False
        self._deleted.update(lost)
        return True

    def _void(self) -> object:
        resource = self.dice.choice(["invoices", "estimates", "credit_notes", "payments"])
        key = self._row(resource)
        if key is not None:
            self.account.void(resource, key)
        return resource, key

    def _cancel(self) -> object:
        key = self._row("subscriptions")
        if key is not None:
            self.account.cancel(key)
        return key

    def _archive(self) -> object:
        """Half of the time a new one takes over the freed id."""
        resource = self.dice.choice(CATALOGUE)
        key = self._row(resource)
        if key is None:
            return None
        content = self.account.content(self.account.find(resource, key))
        if content.get("archived"):
            return None
        self.account.archive(resource, key)
        heirs = self.account.create(resource, fields={"id": content["id"]}) if self.dice.random() < 0.5 else []
        return resource, key, heirs

    def _import(self) -> object:
        resource, update = self.dice.choice(IMPORTED), self.dice.random() < 0.3
        count = self.dice.randrange(5, 20 if resource in {"customers", "contacts", "items"} else 230)
        same_second = self.dice.random() < 0.7 or self.told_only
        made = self.account.import_rows(resource, count, same_second=same_second, update=update)
        return resource, len(made), "updated" if update else "created", made[:1], made[-1:]

    def _merge(self) -> object:
        winner, loser = self._row("customers"), self._free("customers")
        if winner is None or loser is None or winner == loser:
            return None
        self._deleted["customers"] += 1
        self.account.merge(winner, loser)
        return winner, loser

    def _merge_on(self) -> object:
        """Two merges in a row: the winner of the first is the loser of the second."""
        first, second = self._merge(), None
        if isinstance(first, tuple) and self._deleted["customers"] < MOST_DELETES:
            rows = [row.id for row in self.account.tables["customers"].by_id if row.id != first[0]]
            second = self.dice.choice(rows) if rows else None
            if second is not None:
                self._deleted["customers"] += 1
                self.account.merge(second, first[0])
        return first and (first, second)

    def _empty(self) -> object:
        """Removes the last rows of a list."""
        resource = self.dice.choice([name for name in LISTS if name not in PARENTS and name != "payment_plans"])
        rows = [row.id for row in self.account.tables[resource].by_id]
        busy = any(self._busy.get((resource, key), 0) > self.account.clock.elapsed() for key in rows)
        # all payment sources at once, without events: a person must confirm that
        silent = self.dice.random() < 0.5 and not self.told_only and resource != "payment_sources"
        if not rows or busy or self._deleted[resource] + len(rows) > MOST_DELETES or (
                self.told_only and resource not in TOLD):
            return None
        for key in rows:
            self.account.delete(resource, key, silent=silent, hard=True)
        self._deleted[resource] += len(rows)
        return resource, len(rows), "silently" if silent else "told"

    def _return(self) -> object:
        """Restores a deleted row."""
        if not self._gone:
            return None
        resource, key = self._gone.pop(self.dice.randrange(len(self._gone)))
        if key in self.account.tables[resource].found:
            return None
        self.account.create(resource, fields={"id": key}, silent=self.dice.random() < 0.3)
        return resource, key

    def _plan(self) -> object:
        invoice = self._row("invoices")
        if invoice is None or self.account.owned("payment_plans", [invoice]):
            return None
        plan = self.account.create("payment_plans", parent=invoice)[0]
        self.account.update("invoices", invoice, {"payment_plan": plan, "payment_plan_id": plan})
        return invoice, plan

    def _take_plan(self) -> object:
        plan = self._free("payment_plans")
        if plan is not None:
            self.account.delete("payment_plans", plan)
            self._deleted["payment_plans"] += 1
        return plan

    # The server.

    def _forget(self) -> object:
        """The server loses its cursors and counts."""
        self.forget()
        return "all"

    def _delay(self) -> object:
        self.account.event_delay = self.dice.choice([0.0, 0.05, 1.0, LATEST / 2])
        self.account.snapshot_delay = self.dice.choice([0.0, 0.0, 0.5, LATEST / 2])
        return self.account.event_delay, self.account.snapshot_delay

    def _pass_time(self) -> object:
        seconds = self.dice.randrange(1, 100)
        self.account.clock.advanced += seconds
        return seconds
