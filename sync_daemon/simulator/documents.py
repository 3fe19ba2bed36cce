"""Invoices, estimates, credit notes, subscriptions and payment plans, with amounts that add up."""

from __future__ import annotations

from dataclasses import dataclass

from sync_daemon.simulator.days import midnight_after
from sync_daemon.simulator.encode import Json, money
from sync_daemon.simulator.people import HOST, TERMS, embedded_source
from sync_daemon.simulator.setup import catalogue_id, coupon, tax_rate
from sync_daemon.simulator.world import Row, World

DAY = 86_400
NAMES = ("Standard crate", "Dock scheduling (Apr)", "Freight ½ load", "Beratung / Prüfung", "設定", "Support")


@dataclass(frozen=True, slots=True)
class Sums:
    """Cents of one document. Each line is (tenths of a unit, cents a unit, cents)."""

    lines: tuple[tuple[int, int, int], ...]
    discount: int
    tax: int

    @property
    def subtotal(self) -> int:
        return sum(line[2] for line in self.lines)

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.tax


def sums(w: World, kind: str, index: int) -> Sums:
    d = w.dice(kind + "/sums", index)
    lines = []
    for _ in range(1 + d.below(3)):
        tenths, unit = d.pick((10, 10, 20, 50, 241)), 100 * (1 + d.below(900)) + d.pick((0, 0, 0, 50, 99))
        lines.append((tenths, unit, tenths * unit // 10))
    subtotal = sum(line[2] for line in lines)
    discount = subtotal // 10 if d.one_in(7) else 0
    return Sums(tuple(lines), discount, (subtotal - discount) * 6875 // 100_000 if d.one_in(4) else 0)


def transfer(w: World, payment: int) -> int | None:
    """The transaction with which a payment is applied to its invoice; None: it is not applied.

    Payments and transactions that are made later are applied to nothing, since no balance follows them.
    """
    first = w.made_for("payments", w.linked("payments", payment)) == payment
    return w.made_for("transactions", payment) if first else None


def is_failed(w: World, transaction: int) -> bool:
    return w.dice("transaction", transaction).one_in(40)


def is_paid(w: World, invoice: int) -> bool:
    """Whether a payment was made for an invoice, and applied to it by a transaction that did not fail."""
    payment = w.made_for("payments", invoice)
    moved = None if payment is None else transfer(w, payment)
    return moved is not None and not is_failed(w, moved)


def invoice_status(w: World, index: int) -> str:
    """What is made later is open, or a draft."""
    d = w.dice("invoice/status", index)
    if is_paid(w, index):
        return "paid"
    if index >= w.sizes["invoices"]:
        return d.pick(("not_sent", "not_sent", "sent", "draft"))
    if d.one_in(15):
        return "voided"
    return "draft" if d.one_in(20) else d.pick(("sent", "viewed", "past_due", "not_sent", "bad_debt"))


def _lines(w: World, row: Row, amounts: Sums) -> list[Json]:
    made = []
    for position, (tenths, unit, cents) in enumerate(amounts.lines):
        number = row.index * 3 + position
        billed = position == 1 and row.resource == "invoices"
        line: Json = {
            "amount": money(cents), "catalog_item": catalogue_id(w, "items", number) if position == 0 else None,
            "created_at": row.created, "description": "" if position else "Reusable, 50 pack", "discountable": True,
            "discounts": [], "id": 20_000_000 + number * 4 + len(row.resource) % 4,
            "metadata": {"cost_center": str(number % 90)} if billed else {},
            "name": NAMES[number % len(NAMES)], "object": "line_item",
            "quantity": tenths // 10 if tenths % 10 == 0 else tenths / 10, "taxable": position == 0, "taxes": [],
            "type": "plan" if billed else "product", "unit_cost": money(unit), "updated_at": row.created,
        }
        if billed and w.sizes["subscriptions"]:
            line |= {
                "plan": catalogue_id(w, "plans", number), "subscription": w.id_of("subscriptions", number % w.sizes[
                    "subscriptions"]), "period_start": row.created - 30 * DAY, "period_end": row.created,
                "prorated": False,
            }
        made.append(line)
    return made


def _rates(w: World, row: Row, amounts: Sums) -> tuple[list[Json], list[Json]]:
    discounts: list[Json] = []
    taxes: list[Json] = []
    if amounts.discount:
        discounts.append({
            "amount": money(amounts.discount), "coupon": coupon(w, row.index), "expires": None,
            "from_payment_terms": False, "id": 330_000 + row.id, "object": "discount", "updated_at": row.created,
        })
    if amounts.tax:
        taxes.append({
            "amount": money(amounts.tax), "id": 330_001 + row.id, "object": "tax", "tax_rate": tax_rate(w, row.index),
            "updated_at": row.created,
        })
    return discounts, taxes


def _address(row: Row) -> Json:
    return {
        "address1": "Pier 4", "address2": None, "attention_to": "Receiving", "city": "Duluth", "country": "US",
        "created_at": row.created, "name": "Harborline Foods", "postal_code": "55802", "state": "MN",
        "updated_at": row.created,
    }


def _document(w: World, row: Row, amounts: Sums, kind: str) -> Json:
    """What invoices, estimates and credit notes have in common."""
    discounts, taxes = _rates(w, row, amounts)
    day = midnight_after(w.time_zone, row.created)
    url = f"{HOST}/{kind}s/x1/{row.id:x}"
    return {
        "created_at": row.created, "currency": "usd", "customer": row.owner, "date": day, "date_voided": None,
        "discounts": discounts, "id": row.id, "items": _lines(w, row, amounts), "network_document": None,
        "network_document_id": None, "notes": None, "object": kind, "pdf_url": f"{url}/pdf",
        "purchase_order": f"PO-{row.index % 900}" if row.index % 3 == 0 else None, "sent": row.index % 2 == 0,
        "shipping": [], "subtotal": money(amounts.subtotal), "taxes": taxes, "total": money(amounts.total),
        "updated_at": row.stamp, "url": url, "viewed": False, "voided": False,
    }


def invoice(w: World, row: Row) -> Json:
    d = w.dice("invoice", row.index)
    amounts = sums(w, "invoice", row.index)
    status = invoice_status(w, row.index)
    paid, voided, draft = status == "paid", status == "voided", status == "draft"
    planned = w.made_for("payment_plans", row.index)
    plan = None if planned is None else w.id_of("payment_plans", planned)
    subscription = w.id_of("subscriptions", d.below(w.sizes["subscriptions"])) if (
        w.sizes["subscriptions"] and d.one_in(3)) else None
    metadata: Json = {"po_batch": str(d.below(50))} if d.one_in(2) else {}
    if d.one_in(4):
        metadata |= {"rush": d.pick(("1", "0")), "margin": d.pick(("0.25", "12")), "region": "Süd"}
    owing = 0 if paid or voided else amounts.total
    told = owing > 0 and not draft and w.dice("promise", row.index).one_in(6)
    made = _document(w, row, amounts, "invoice")
    return made | {
        "amount_credited": 0, "amount_paid": made["total"] if paid else 0, "amount_written_off": 0,
        "attempt_count": d.below(3), "autopay": d.one_in(3), "balance": money(owing), "chase": d.one_in(2),
        "closed": paid or status == "bad_debt", "collection_mode": "manual", "consolidated": False,
        "consolidated_invoice_id": None, "csv_url": f"{made['url']}/csv", "customerName": f"Customer {row.owner}",
        "date_bad_debt": row.stamp if status == "bad_debt" else None, "date_paid": row.stamp if paid else None,
        "date_voided": row.stamp if voided else None, "draft": draft,
        "due_date": midnight_after(w.time_zone, row.created, 30),
        "expected_payment_date": promised(row.created + 40 * DAY) if told else False, "last_sent": None,
        "late_fees": True, "metadata": metadata, "name": "Invoice",
        "needs_attention": False, "next_chase_on": None, "next_chase_step": None, "next_payment_attempt": None,
        "number": f"INV-{row.index + 1:05d}", "paid": paid, "payment_plan": plan, "payment_plan_id": plan,
        "payment_source": embedded_source(w, row.index) if d.one_in(9) else None, "payment_source_id": None,
        "payment_source_type": None, "payment_terms": d.pick(TERMS), "payment_url": f"{made['url']}/payment",
        "recalculate_chase": False, "ship_to": _address(row) if d.one_in(5) else None, "status": status,
        "subscription": subscription, "subscription_id": subscription, "voided": voided,
    }


def promised(day: int) -> Json:
    """What `expected_payment_date` shows of a promise to pay."""
    return {"date": day, "method": "check", "reference": None}


def estimate(w: World, row: Row) -> Json:
    d = w.dice("estimate", row.index)
    approved = d.one_in(3)
    made = _document(w, row, sums(w, "estimate", row.index), "estimate")
    approval = {"id": 7_000 + row.index, "initials": "HB", "ip": "203.0.113.9", "timestamp": row.created + DAY,
                "user_agent": "Mozilla/5.0"} if approved else None
    return made | {
        "approval": approval, "approval_id": approval["id"] if approval else None,
        "approved": "HB" if approved else None, "closed": False, "deposit": d.pick((0, 250, 99.5)),
        "deposit_paid": False, "draft": False, "expiration_date": midnight_after(w.time_zone, row.created, 30),
        "invoice": None, "invoice_id": None, "last_sent": None, "metadata": {"rush": True} if d.one_in(4) else {},
        "name": "Estimate",
        "number": f"EST-{row.index + 1:05d}", "payment_terms": d.pick(TERMS), "ship_to": None,
        "status": "approved" if approved else d.pick(("sent", "not_sent", "viewed", "expired", "declined")),
    }


def credit_note(w: World, row: Row) -> Json:
    d = w.dice("credit_note", row.index)
    made = _document(w, row, sums(w, "credit_note", row.index), "credit_note")
    closed = d.one_in(3)
    invoice = w.id_of("invoices", w.linked("credit_notes", row.index)) if w.sizes["invoices"] and d.one_in(2) else None
    return made | {
        "amount_applied_to_invoice": 0, "amount_credited": 0, "amount_refunded": 0,
        "balance": made["total"], "closed": closed, "consolidated_invoice_id": None, "draft": False,
        "invoice": invoice, "invoice_id": invoice, "metadata": {}, "name": "Credit Note",
        "number": f"CN-{row.index + 1:05d}", "paid": False, "status": "closed" if closed else "open",
    }


def subscription(w: World, row: Row) -> Json:
    d = w.dice("subscription", row.index)
    status = d.pick(("active", "active", "active", "active", "active", "past_due", "canceled", "finished", "paused"))
    canceled, finished = status == "canceled", status == "finished"
    ended = canceled or finished
    plan = d.below(max(1, w.sizes["plans"]))
    quantity = d.pick((1, 1, 5, 2.5))
    start = row.created
    addon = {
        "amount": None, "catalog_item": None, "created_at": start, "description": None, "id": 51_000 + row.index,
        "object": "subscription_addon", "plan": catalogue_id(w, "plans", plan + 1), "quantity": 5, "updated_at": start,
    }
    return {
        "addons": [addon] if d.one_in(5) else [], "amount": None, "approval": None, "approval_id": None,
        "bill_in": "advance", "bill_in_advance_days": 0, "cancel_at_period_end": False, "canceled": canceled,
        "canceled_at": row.stamp if canceled else None, "canceled_reason": "too_pricey" if canceled else None,
        "contract_period_end": None, "contract_period_start": None, "contract_renewal_cycles": None,
        "contract_renewal_mode": "none", "created_at": row.created, "customer": row.owner, "cycles": None,
        "description": None, "discounts": [coupon(w, row.index)] if w.sizes["coupons"] and d.one_in(6) else [],
        "finished": finished, "id": row.id, "metadata": {"region": "lakes"} if d.one_in(2) else {},
        "mrr": 0 if ended else money(7900 + d.below(500)), "num_invoices": d.below(40), "object": "subscription",
        "paused": status == "paused", "payment_source": None, "payment_source_id": None, "payment_source_type": None,
        "pending_renewal": False, "period_end": start + 30 * DAY, "period_start": start,
        "plan": catalogue_id(w, "plans", plan), "plan_id": w.id_of("plans", plan), "prorate": True,
        "quantity": quantity, "recurring_total": money(10_934), "renewed_last": start,
        "renews_next": None if ended else start + 30 * DAY, "ship_to": None, "snap_to_nth_day": None,
        "start_date": start, "status": status,
        "taxes": [tax_rate(w, 0)] if w.sizes["tax_rates"] and d.one_in(6) else [],
        "updated_at": row.stamp, "url": f"{HOST}/subscriptions/{row.id:x}",
    }


def payment_plan(w: World, row: Row) -> Json:
    total = sums(w, "invoice", w.linked("payment_plans", row.index)).total if w.sizes["invoices"] else 100
    half = total // 2
    done = invoice_status(w, w.linked("payment_plans", row.index)) in ("paid", "voided")
    parts = [{"amount": money(cents), "balance": 0 if done else money(cents),
              "date": midnight_after(w.time_zone, row.created, 30 * step), "id": 19_000 + row.index * 2 + step,
              "updated_at": row.created}
             for step, cents in enumerate((half, total - half))]
    return {
        "approval": None, "approval_id": None, "created_at": row.created, "id": row.id, "installments": parts,
        "invoice_id": row.owner, "object": "payment_plan", "status": "active", "updated_at": row.stamp,
    }
