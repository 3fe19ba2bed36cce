"""Writes the story of a company into its account: the rows that its documents and payments are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from sync_daemon.simulator.encode import Json, money
from sync_daemon.simulator.money import charge, embedded_charge
from sync_daemon.simulator.people import embedded_source
from sync_daemon.simulator.sales import currency_of, terms_of
from sync_daemon.simulator.setup import catalogue_id, coupon, tax_rate
from sync_daemon.simulator.story import tell
from sync_daemon.simulator.subscribers import PLANS
from sync_daemon.simulator.trade import Charge, Document, Line, Move, Payment, Subscription
from sync_daemon.simulator.world import Fact, World

LEAST = {"customers": 24, "plans": 8, "items": 8}
"""Even a small account has so many."""
PLAN_NAMES = {0: "Dock scheduling S", 1: "Dock scheduling L", 3: "Rampenplanung", 4: "配送プラン",
              5: "Dock scheduling, yearly"}
NO_DECIMALS = frozenset({"jpy"})


class Made(Protocol):
    """What the rows are made of has in common."""

    id: int

    @property
    def created(self) -> int: ...
    @property
    def stamp(self) -> int: ...
    @property
    def customer(self) -> int | None: ...


M = TypeVar("M", bound=Made)


def write_books(w: World) -> World:
    """The same world with books. It has as many documents as its story tells, about as many as were asked for."""
    w = replace(w, sizes={**w.sizes, **{name: max(least, w.sizes[name]) for name, least in LEAST.items()}})
    trade = tell(w)
    invoices, notes = _number(w, "invoices", trade.invoices), _number(w, "credit_notes", trade.credit_notes)
    payments, moves = _number(w, "payments", trade.payments), _number(w, "transactions", trade.moves)
    subscriptions, charges = _number(w, "subscriptions", trade.subscriptions), _number(w, "charges", trade.charges)
    planned = [one for one in invoices if one.installments]
    for index, one in enumerate(planned):
        one.plan_id = w.id_of("payment_plans", index)
    facts: dict[str, Sequence[Fact]] = {
        "customers": [_customer(w, index, trade.credit.get(index, 0)) for index in range(w.sizes["customers"])],
        "plans": [_plan(w, index) for index in range(w.sizes["plans"])],
        "subscriptions": _facts(w, subscriptions, _subscription), "invoices": _facts(w, invoices, _invoice),
        "credit_notes": _facts(w, notes, _credit_note), "transactions": _facts(w, moves, _transaction),
        "credit_balance_adjustments": [replace(fact, id=one.id) for one in moves
                                       if one.type == "adjustment" and one.method == "balance"
                                       for fact in _facts(w, [one], _adjustment)],
        "payment_plans": [Fact(one.created, one.stamp, one.id, _payment_plan(one)) for one in planned],
        "refunds": [Fact(at, at, None, _refund(one, amount)) for one in charges if one.refund
                    for amount, at in [one.refund]],
        "disputes": [Fact(at, at, None, _dispute(one, status)) for one in charges if one.dispute
                     for at, status in [one.dispute]],
    }
    refunds = {one: index for index, one in enumerate(one for one in charges if one.refund)}
    places = {one: index for index, one in enumerate(charges)}
    w = replace(w, facts=facts)  # what follows reads what is written so far
    facts["charges"] = _facts(w, charges, lambda world, one: _charge(world, one, refunds.get(one)))
    facts["payments"] = _facts(w, payments, lambda world, one: _payment(world, one, places))
    return replace(w, sizes={**w.sizes, **{name: len(rows) for name, rows in facts.items()}})


def _number(w: World, resource: str, rows: Iterable[M]) -> list[M]:
    """In the order in which they were made, with their ids."""
    found = sorted(rows, key=lambda one: one.created)
    for index, one in enumerate(found):
        one.id = w.id_of(resource, index)
    return found


def _facts(w: World, rows: Iterable[M], fields: Callable[[World, M], Json]) -> list[Fact]:
    return [Fact(one.created, one.stamp, None if one.customer is None else w.id_of("customers", one.customer),
                 fields(w, one)) for one in rows]


def _shown(currency: str, minor: int) -> int | float:
    return minor if currency in NO_DECIMALS else money(minor)


# People and what they subscribe to.

def _customer(w: World, index: int, credit: int) -> Fact:
    row, currency = w.head("customers", index), currency_of(index)
    return Fact(row.created, row.stamp, row.owner, {
        "credit_balance": _shown(currency, credit), "currency": currency, "payment_terms": terms_of(w, index)[0],
        "autopay": index % 3 == 0})


def _plan(w: World, index: int) -> Fact:
    row = w.head("plans", index)
    for currency, plans in PLANS.items():
        for number, months, unit in plans:
            if number == index:
                return Fact(row.created, row.stamp, None, {
                    "amount": _shown(currency, unit), "currency": currency,
                    "interval": "year" if months == 12 else "month", "interval_count": 1, "name": PLAN_NAMES[index],
                    "pricing_mode": "per_unit", "quantity_type": "constant", "tiers": None})
    return Fact(row.created, row.stamp, None, {})


def _subscription(w: World, one: Subscription) -> Json:
    ended = one.canceled is not None
    return {
        "addons": [], "canceled": ended, "canceled_at": one.canceled,
        "canceled_reason": "too_pricey" if ended else None,
        "discounts": [] if one.coupon is None else [coupon(w, one.coupon)], "finished": False,
        "mrr": _shown(one.currency, one.mrr), "num_invoices": one.invoices, "paused": False,
        "period_end": one.period[1], "period_start": one.period[0], "plan": catalogue_id(w, "plans", one.plan),
        "plan_id": w.id_of("plans", one.plan), "quantity": one.quantity,
        "recurring_total": 0 if ended else _shown(one.currency, one.unit * one.quantity),
        "renewed_last": one.period[0], "renews_next": None if ended else one.period[1] + 1, "snap_to_nth_day": 1,
        "start_date": one.created, "status": "canceled" if ended else "active",
        "taxes": [] if one.rate is None else [tax_rate(w, one.rate)],
    }


# Documents.

def _line(w: World, document: Document, line: Line, number: int) -> Json:
    currency, created = document.currency, document.created
    made: Json = {
        "amount": _shown(currency, line.amount),
        "catalog_item": "bad-debt" if line.kind == "bad_debt" else catalogue_id(w, "items", number),
        "created_at": created, "description": "", "discountable": True,
        "discounts": _discount(w, document, line.discount, line.coupon, number), "id": number, "metadata": {},
        "name": line.name, "object": "line_item",
        "quantity": line.tenths // 10 if line.tenths % 10 == 0 else line.tenths / 10, "taxable": True,
        "taxes": _tax(w, document, line.tax, line.rate, number), "type": line.kind,
        "unit_cost": _shown(currency, line.unit), "updated_at": created,
    }
    if line.subscription is not None and line.period is not None:
        made |= {"catalog_item": None, "plan": catalogue_id(w, "plans", line.subscription.plan), "prorated": False,
                 "subscription": line.subscription.id, "period_start": line.period[0], "period_end": line.period[1]}
    return made


def _discount(w: World, document: Document, amount: int, number: int, key: int) -> list[Json]:
    return [] if amount == 0 else [{
        "amount": _shown(document.currency, amount), "coupon": coupon(w, number), "expires": None,
        "from_payment_terms": False, "id": 2 * key, "object": "discount", "updated_at": document.created}]


def _tax(w: World, document: Document, amount: int, number: int, key: int) -> list[Json]:
    return [] if amount == 0 else [{
        "amount": _shown(document.currency, amount), "id": 2 * key + 1, "object": "tax",
        "tax_rate": tax_rate(w, number), "updated_at": document.created}]


def _document(w: World, one: Document) -> Json:
    first = 8 * one.id + (0 if one.due else 4)
    return {
        "currency": one.currency, "date": one.date, "date_voided": one.ended if one.state == "voided" else None,
        "discounts": _discount(w, one, one.discount, one.coupon, first + 3), "draft": one.state == "draft",
        "items": [_line(w, one, line, first + place) for place, line in enumerate(one.lines)],
        "balance": _shown(one.currency, one.balance), "subtotal": _shown(one.currency, one.subtotal),
        "sent": one.seen != "not_sent", "viewed": one.seen == "viewed",
        "taxes": _tax(w, one, one.tax, one.rate, first + 3), "total": _shown(one.currency, one.total),
        "voided": one.state == "voided",
    }


def _invoice(w: World, one: Document) -> Json:
    paid = one.state == "open" and one.balance <= 0 and not one.lost
    overdue = one.due is not None and one.due < w.base
    status = (one.state if one.state in ("draft", "voided") else "paid" if paid else "bad_debt" if one.lost
              else "pending" if one.pending else "past_due" if overdue else one.seen)
    gone = one.ended if one.lost or one.state == "closed" else None
    subscription = one.subscription.id if one.subscription else None
    return _document(w, one) | {
        "amount_credited": _shown(one.currency, one.credited + one.lost), "amount_paid": _shown(one.currency, one.paid),
        "amount_written_off": _shown(one.currency, one.lost), "attempt_count": 1 if one.autopay and paid else 0,
        "autopay": one.autopay, "closed": paid or one.state in ("voided", "closed") or one.lost > 0,
        "date_bad_debt": gone, "date_paid": one.stamp if paid else None, "due_date": one.due, "paid": paid,
        "payment_plan": one.plan_id or None, "payment_plan_id": one.plan_id or None, "payment_terms": one.terms,
        "status": status, "subscription": subscription, "subscription_id": subscription,
        "name": "Invoice" if subscription is None else "Subscription",
    }


def _credit_note(w: World, one: Document) -> Json:
    paid = one.state == "open" and one.balance <= 0
    used = _shown(one.currency, one.credited)
    to_invoice = any(line.kind == "bad_debt" for line in one.lines) or one.invoice is not None
    return _document(w, one) | {
        "amount_applied_to_invoice": used if to_invoice else 0, "amount_credited": 0 if to_invoice else used,
        "closed": paid or one.state == "voided", "invoice": one.invoice.id if one.invoice else None,
        "invoice_id": one.invoice.id if one.invoice else None, "paid": paid,
        "status": one.state if one.state != "open" else "paid" if paid else "open",
    }


def _payment_plan(one: Document) -> Json:
    """What was paid fills the oldest installment first."""
    rest, parts = one.paid + one.credited + one.lost, []
    for place, (moment, amount) in enumerate(one.installments):
        filled = min(rest, amount)
        rest -= filled
        parts.append({"amount": _shown(one.currency, amount), "balance": _shown(one.currency, amount - filled),
                      "date": moment, "id": 8 * one.id + place, "updated_at": one.stamp})
    return {"installments": parts, "status": "finished" if one.balance <= 0 else "active"}


# Money.

def _charge(w: World, one: Charge, refund: int | None) -> Json:
    row, payment = w.head("refunds", refund or 0), one.payment.id if one.payment else None
    refunds = [] if refund is None else [{
        "amount": _shown(one.currency, one.refund[0] if one.refund else 0), "charge_id": one.id,
        "created_at": row.created, "currency": one.currency, "failure_message": None, "gateway": "stripe",
        "gateway_id": f"re_{row.id}", "id": row.id, "merchant_account_transaction_id": None, "object": "refund",
        "status": "succeeded", "updated_at": row.stamp}]
    return {
        "amount": _shown(one.currency, one.amount), "amount_refunded": refunds[0]["amount"] if refunds else 0,
        "currency": one.currency, "disputed": one.dispute is not None,
        "failure_message": "Insufficient funds" if one.status == "failed" else None, "payment": payment,
        "payment_id": payment, "payment_source": embedded_source(w, one.customer), "refunds": refunds,
        "status": one.status,
    }


def _payment(w: World, one: Payment, places: dict[Charge, int]) -> Json:
    embedded = None
    if one.charge is not None:
        row = w.head("charges", places[one.charge])
        embedded = embedded_charge(charge(w, row) | dict(w.facts["charges"][row.index].fields))
    applied = [_application(move) for move in one.moves]
    return {
        "amount": _shown(one.currency, one.amount), "applied": one.left == 0 and not one.voided, "applied_to": applied,
        "balance": _shown(one.currency, one.left), "charge": embedded, "currency": one.currency, "date": one.created,
        "customer": None if one.customer is None else w.id_of("customers", one.customer),
        "date_voided": one.stamp if one.voided else None, "method": one.method,
        "reference": f"ch_{one.charge.id}" if one.charge else f"{1000 + one.id % 9000}", "surcharge_percentage": 0,
        "source": "keyed" if one.charge is None else "autopay", "voided": one.voided,
    }


def _application(move: Move) -> Json:
    made: Json = {"amount": _shown(move.currency, abs(move.amount)), "id": move.id, "type": move.kind}
    if move.note is not None:
        made["credit_note"] = move.note.id
    if move.invoice is not None:
        made["invoice"] = move.invoice.id
        if move.kind != "invoice":
            made["document_type"] = "invoice"
    return made


def _transaction(_world: World, one: Move) -> Json:
    payment, note = one.payment.id if one.payment else None, one.note.id if one.note else None
    made: Json = {
        "amount": _shown(one.currency, one.amount), "credit_note": note, "credit_note_id": note,
        "currency": one.currency, "date": one.created, "invoice": one.invoice.id if one.invoice else None,
        "method": one.method, "notes": one.text, "payment": payment, "payment_id": payment, "status": one.status,
        "type": one.type,
    }
    return made | {"failure_reason": "Insufficient funds"} if one.status == "failed" else made


def _adjustment(_world: World, one: Move) -> Json:
    return {"amount": _shown(one.currency, -one.amount), "currency": one.currency, "date": one.created,
            "notes": one.text}


def _refund(one: Charge, amount: int) -> Json:
    return {"amount": _shown(one.currency, amount), "charge": one.id, "charge_id": one.id, "currency": one.currency}


def _dispute(one: Charge, status: str) -> Json:
    return {"amount": _shown(one.currency, one.amount), "charge": one.id, "charge_id": one.id, "currency": one.currency,
            "status": status}
