"""Everything that can happen in the account, as plain methods, for the control path and tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync_daemon.simulator import feed
from sync_daemon.simulator.books import Books, Key, Missing
from sync_daemon.simulator.catalog import RESOURCES, Resource
from sync_daemon.simulator.documents import promised
from sync_daemon.simulator.encode import Json, tidy
from sync_daemon.simulator.makers import make
from sync_daemon.simulator.world import BANK, Row

_NOW: Any = object()
_TOUCHED = ("customers", "invoices", "estimates", "credit_notes", "payments", "subscriptions", "notes", "contacts")
_TOUCH_FIELD = {"contacts": "title", "subscriptions": "description"}


class Refused(ValueError):
    """The account does not allow that."""


def _hidden(row: Row, before: Json, fields: Json, now: int) -> Json:
    """What the server notes in hidden fields when an invoice is paid or becomes bad debt."""
    if row.resource != "invoices":
        return {}
    noted: Json = {}
    if fields.get("paid") and not before.get("paid"):
        noted |= {"date_paid": now, "amount_paid": before.get("total"), "expected_payment_date": False}
    if fields.get("status") == "bad_debt" != before.get("status"):
        noted["date_bad_debt"] = now
    return noted


class Account(Books):
    """Keys are ids; also string ids for catalogue rows, and `card:ID` or `bank_account:ID` for payment sources."""

    def create(self, resource: str, count: int = 1, fields: Mapping[str, Any] | None = None,
               parent: int | None = None, silent: bool = False, visible_in: float = 0.0,
               updated_at: int | None = _NOW) -> list[int]:
        """New rows with realistic content; returns their ids. `visible_in` commits them late."""
        spec = self.spec(resource)
        stamp = self.now() if updated_at is _NOW else updated_at
        rows = [self._new(spec, fields or {}, parent, stamp) for _ in range(count)]

        def show() -> None:
            for row in rows:
                self.tables[resource].add(row)
                if not silent:
                    feed.emit(self, row, "created")

        self.later(visible_in, show)
        return [row.id for row in rows]

    def _new(self, spec: Resource, fields: Mapping[str, Any], parent: int | None, stamp: int | None) -> Row:
        index = self.next_index[spec.name]
        self.next_index[spec.name] += 1
        row = self.world.head(spec.name, index)
        # Two archived catalogue rows never follow each other, so a new one is active.
        row.created, row.stamp = self.now(), stamp
        owners = self.tables["invoices" if spec.name == "payment_plans" else "customers"].by_id
        if parent is not None:
            row.owner = parent
        elif row.owner is not None and owners:
            row.owner = self.random.choice(owners).id
        own = make(self.world, row)
        if spec.by_name:
            own["archived"], own["id"] = False, f"{own['object']}-new-{index}"
        own |= tidy(dict(fields))
        own["updated_at"] = stamp
        row.id, row.owner = self._identity(row, own)
        row.own = own
        return row

    @staticmethod
    def _identity(row: Row, own: Json) -> tuple[int, int | None]:
        """The key and the parent that the fields may have set themselves."""
        spec = RESOURCES[row.resource]
        number = own.get(spec.key)
        key = number if isinstance(number, int) else row.id
        if row.resource == "payment_sources":
            key = key % BANK + (BANK if own.get("object") == "bank_account" else 0)
        field = "invoice_id" if row.resource == "payment_plans" else "customer"
        return key, own.get(field, row.owner) if row.owner is not None else None

    def update(self, resource: str, key: Key | Iterable[Key], fields: Mapping[str, Any], silent: bool = False,
               updated_at: int | None = _NOW, visible_in: float = 0.0, stamp: bool = True) -> None:
        """Changes fields. Stamped now (or `updated_at`; `stamp=False` leaves it) and visible `visible_in` later."""
        keys = [key] if isinstance(key, (int, str)) else list(key)
        moment = self.now() if updated_at is _NOW else updated_at
        for row in [self.find(resource, each) for each in keys]:
            self.later(visible_in, self._apply(row, tidy(dict(fields)), moment, stamp, silent))

    def _apply(self, row: Row, fields: Json, moment: int | None, stamp: bool, silent: bool,
               verb: str = "updated") -> Callable[[], None]:
        def act() -> None:
            table = self.tables[row.resource]
            if not table.holds(row):  # removed while the change was not visible yet
                return
            before = self.content(row)
            after = {**before, **_hidden(row, before, fields, self.now()), **fields}
            if stamp:
                after["updated_at"] = moment
            table.change(row, after, moment if stamp else row.stamp, self._identity(row, after)[1])
            if not silent:
                feed.emit(self, row, verb, before)

        return act

    def delete(self, resource: str, key: Key, silent: bool = False, hard: bool = False) -> None:
        """What a DELETE does: removes, voids, cancels, archives or hides the row. `hard` always removes it."""
        row = self.find(resource, key)
        spec = RESOURCES[resource]
        now = self.now()
        soft: dict[str, Json] = {
            "void": {"voided": True, "balance": self.content(row).get("amount"), "applied_to": [], "applied": False,
                     "date_voided": now},
            "cancel": {"status": "canceled", "canceled": True, "canceled_at": now, "renews_next": None},
            "hide": {"chargeable": False},
            "soft": {"deleted": True, "deleted_at": now, "status": "deleted"},
            "archive": {"archived": True},
        }
        if hard or spec.removal == "hard":
            self._remove(row, silent)
        elif spec.removal == "detach":
            self._detach(row, silent)
        elif spec.removal == "never":
            raise Refused(f"{resource} are never deleted; use hard to do it all the same")
        else:
            self._apply(row, soft[spec.removal], now, True, silent, "deleted")()

    def _remove(self, row: Row, silent: bool) -> None:
        content = self.content(row)
        if row.resource == "customers":
            # The customer's children are removed with it, without events of their own.
            for child in ("contacts", "payment_sources", "pending_line_items", "notes", "tasks"):
                for owned in self.owned(child, [row.id]):
                    self.tables[child].remove(owned)
        if not silent:
            feed.emit(self, row, "deleted", content=content)
        self.tables[row.resource].remove(row)

    def _detach(self, row: Row, silent: bool) -> None:
        content = {**self.content(row), "status": "canceled"}
        if not silent:
            feed.emit(self, row, "deleted", content=content)
        self.tables["payment_plans"].remove(row)
        invoice = self.tables["invoices"].found.get(row.owner or 0)
        if invoice is not None:
            self.update("invoices", invoice.id, {"payment_plan": None, "payment_plan_id": None}, silent=silent)

    def void(self, resource: str, key: Key, silent: bool = False) -> None:
        if resource == "payments":
            return self.delete(resource, key, silent)
        fields = {"status": "voided", "voided": True, "balance": 0, "closed": True, "date_voided": self.now()}
        fields |= {"expected_payment_date": False}
        known = self.content(self.find(resource, key))
        return self.update(resource, key, {k: v for k, v in fields.items() if k in known}, silent)

    def promise(self, key: Key, day: int) -> None:
        """A customer says when they will pay an invoice, which does not change the invoice's `updated_at`."""
        row = self.find("invoices", key)
        self._apply(row, {"expected_payment_date": promised(day)}, None, False, True)()
        number = 800_000 + self.next_index["events"]
        shown = {"created_at": self.now(), "customer": row.owner, "date": day, "id": number,
                 "invoice": row.id, "kept": False, "method": "check", "object": "promise_to_pay", "reference": None,
                 "updated_at": self.now()}
        feed.write(self, "invoice.payment_expected", row.id, shown)

    def cancel(self, key: Key, silent: bool = False) -> None:
        self.delete("subscriptions", key, silent)

    def archive(self, resource: str, key: Key) -> None:
        if RESOURCES[resource].removal != "archive":
            raise Refused(f"{resource} are not archived")
        self.delete(resource, key)

    def import_rows(self, resource: str, count: int = 250, same_second: bool = True,
                    updated_at: int | None = _NOW, update: bool = False) -> list[int]:
        """A bulk import: no event for any row, only `import.finished` at the end. `update` rewrites old rows."""
        moment = self.now() if updated_at is _NOW or updated_at is None else updated_at
        made: list[int] = []
        olds = self.tables[resource].by_id[:count] if update else []
        for position in range(len(olds) if update else count):
            stamp = moment if same_second else moment - (count - position) // 50
            if update:
                self._apply(olds[position], {"notes": f"import {moment}"}, stamp, True, True)()
                made.append(olds[position].id)
            else:
                made += self.create(resource, silent=True, updated_at=stamp)
        shown = {"created_at": moment, "id": 500 + self.next_index["events"], "name": f"{resource}.csv",
                 "num_imported": len(made), "object": "import", "status": "succeeded", "type": resource}
        feed.write(self, "import.finished", None, shown)
        return made

    def merge(self, winner: int, loser: int) -> None:
        """The loser is removed without an event of its own; its children are re-pointed without a new `updated_at`."""
        kept, gone = self.find("customers", winner), self.find("customers", loser)
        original = self.content(gone)
        for name, spec in RESOURCES.items():
            if name in ("customers", "events", "payment_plans"):
                continue
            for row in self.owned(name, [loser]):
                content = self.content(row)
                fields = {key: winner for key in ("customer", "customer_id") if content.get(key) == loser}
                self.tables[spec.name].change(row, {**content, **fields}, row.stamp, winner)
        self.tables["customers"].remove(gone)
        self._apply(kept, {"notes": "merged"}, self.now(), True, True)()
        feed.emit(self, kept, "merged", extra={"original_customer": dict(sorted(original.items()))})

    def touch(self, count: int = 1, resource: str | None = None, silent: bool = False) -> list[tuple[str, int]]:
        """Changes random objects, as users of an account do; returns which."""
        done = []
        for _ in range(count):
            name = resource or self.random.choice([name for name in _TOUCHED if self.tables[name].by_id])
            row = self.random.choice(self.tables[name].by_id)
            field = _TOUCH_FIELD.get(name, "notes")
            self._apply(row, {field: f"touch {self.random.randrange(10**9)}"}, self.now(), True, silent)()
            done.append((name, row.id))
        return done

    def raw(self, resource: str, text: str | bytes, key: int | None = None, updated_at: int | None = _NOW,
            parent: int | None = None, replace: bool = False) -> int:
        """A row whose JSON text is exactly `text`, whether or not that is JSON. Known ids make a second row."""
        spec = self.spec(resource)
        body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = {}
        key = key if key is not None else parsed.get(spec.key)
        if not isinstance(key, int):
            raise Refused("raw needs an integer id, in the text or beside it")
        found = parsed.get("updated_at")
        if updated_at is _NOW:
            updated_at = found if isinstance(found, int) and abs(found) < 10**17 else None
        owner = parent if parent is not None else parsed.get("customer")
        if replace and key in self.tables[resource].found:
            self.tables[resource].remove(self.tables[resource].found[key])
        index = self.next_index[resource]
        self.next_index[resource] += 1
        self.tables[resource].add(Row(resource, index, key, self.now(), updated_at,
                                      owner if isinstance(owner, int) else None, raw=body))
        return key

    def retrieve(self, resource: str, key: Key) -> Json:
        """The row with all its fields, hidden ones too."""
        self.settle()
        return dict(self.content(self.find(resource, key)))

    def count(self, resource: str) -> int:
        self.settle()
        return len(self.tables[self.spec(resource).name].by_id)


__all__ = ["Account", "Missing", "Refused"]
