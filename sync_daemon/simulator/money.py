"""Objects that move money: payments, charges, refunds, transactions, adjustments, disputes, payouts, links."""

from __future__ import annotations

from sync_daemon.simulator.documents import sums, transfer
from sync_daemon.simulator.encode import Json, money
from sync_daemon.simulator.people import HOST, embedded_source
from sync_daemon.simulator.setup import iso
from sync_daemon.simulator.world import Row, World

DAY = 86_400


def _amount(w: World, payment: int) -> int:
    """Cents of a payment: the amount of its invoice."""
    return sums(w, "invoice", w.linked("payments", payment)).total if w.sizes["invoices"] else 10_000


def refund(w: World, row: Row) -> Json:
    charge = w.linked("refunds", row.index)
    charge_id = w.id_of("charges", charge)
    return {
        "amount": money(max(1, _amount(w, w.linked("charges", charge)) // 4)), "charge": charge_id,
        "charge_id": charge_id, "created_at": row.created, "currency": "usd", "failure_message": None,
        "gateway": "stripe", "gateway_id": f"re_{row.id}", "id": row.id, "merchant_account_transaction": None,
        "merchant_account_transaction_id": None, "object": "refund", "status": "succeeded", "updated_at": row.stamp,
    }


def charge(w: World, row: Row) -> Json:
    d = w.dice("charge", row.index)
    payment = w.linked("charges", row.index)
    payment_id = w.id_of("payments", payment)
    cents = _amount(w, payment)
    refunded = None if w.facts else w.made_for("refunds", row.index)
    refunds = []
    if refunded is not None:
        made = refund(w, w.head("refunds", refunded))
        refunds = [{key: made[key] for key in made if key not in ("charge", "merchant_account_transaction")}]
    return {
        "amount": money(cents), "amount_refunded": refunds[0]["amount"] if refunds else 0, "created_at": row.created,
        "currency": "usd", "customer": row.owner, "customer_id": row.owner, "description": None,
        "disputed": w.made_for("disputes", row.index) is not None, "failure_message": None, "gateway": "stripe",
        "gateway_id": f"ch_{row.id}", "id": row.id, "last_status_check": 0, "merchant_account": 3071,
        "merchant_account_id": 3071, "merchant_account_transaction": None, "merchant_account_transaction_id": None,
        "object": "charge", "payment": payment_id, "payment_flow": None, "payment_flow_id": None,
        "payment_id": payment_id, "payment_source": embedded_source(w, row.index), "payment_source_id": None,
        "payment_source_type": None, "receipt_email": d.pick((None, "ap@harborline.example")), "refunded": False,
        "refunds": refunds, "status": d.pick(("succeeded", "succeeded", "succeeded", "pending", "failed")),
        "updated_at": row.stamp,
    }


def embedded_charge(full: Json) -> Json:
    """A charge as its payment embeds it: without what would stand twice."""
    doubles = ("customer", "merchant_account", "payment", "payment_flow", "payment_source_id", "payment_source_type",
               "last_status_check")
    return {key: full[key] for key in full if key not in doubles}


def payment(w: World, row: Row) -> Json:
    d = w.dice("payment", row.index)
    cents = _amount(w, row.index)
    charged = w.made_for("charges", row.index)
    embedded: Json | None = None
    if charged is not None:
        embedded = embedded_charge(charge(w, w.head("charges", charged)))
    moved = transfer(w, row.index)
    invoice = w.id_of("invoices", w.linked("payments", row.index)) if w.sizes["invoices"] else None
    applied: list[Json] = []
    if invoice is not None and moved is not None:
        applied.append({"amount": money(cents), "id": w.id_of("transactions", moved), "invoice": invoice,
                        "type": "invoice"})
    return {
        "ach_sender_id": None, "amount": money(cents), "applied": bool(applied), "applied_to": applied,
        "balance": 0 if applied else money(cents), "bank_feed_transaction": None, "bank_feed_transaction_id": None,
        "charge": embedded, "created_at": row.created, "currency": "usd", "customer": row.owner,
        "date": row.created, "date_voided": None, "external_id": None, "id": row.id, "matched": None,
        "metadata": {"lockbox": "A/7"} if d.one_in(5) else {},
        "method": "credit_card" if embedded else d.pick(("check", "ach", "wire_transfer", "other")), "notes": None,
        "object": "payment", "payee": None, "pdf_url": f"{HOST}/payments/x1/{row.id:x}/pdf", "plaid_bank_account": None,
        "plaid_bank_account_id": None, "reference": f"ch_{row.id}" if embedded else f"{1000 + d.below(9000)}",
        "source": "autopay" if embedded else d.pick(("keyed", "imported", "check_lockbox")),
        "surcharge_percentage": d.pick((0, 0, 2.5)), "updated_at": row.stamp, "voided": False,
    }


def transaction(w: World, row: Row) -> Json:
    d = w.dice("transaction", row.index)
    source = w.linked("transactions", row.index)
    failed = d.one_in(40)  # as `is_failed` says
    moved = transfer(w, source) == row.index
    payment_id = w.id_of("payments", source) if w.sizes["payments"] else None
    made: Json = {
        "amount": money(_amount(w, source)), "created_at": row.created, "credit_note": None, "credit_note_id": None,
        "currency": "usd", "customer": row.owner, "date": row.created, "estimate": None, "estimate_id": None,
        "gateway": None, "gateway_id": None, "id": row.id,
        "invoice": w.id_of("invoices", w.linked("payments", source)) if w.sizes["invoices"] else None,
        "last_status_check": 0, "metadata": {}, "method": d.pick(("check", "ach", "other")), "notes": None,
        "object": "transaction", "parent_transaction": None, "payment": payment_id, "payment_id": payment_id,
        "payment_source": None, "payment_source_id": None, "payment_source_type": None,
        "pdf_url": f"{HOST}/transactions/x1/{row.id:x}/pdf", "sent": False,
        "status": "failed" if failed else "succeeded" if moved else "pending", "type": "payment",
        "updated_at": row.stamp,
    }
    if failed:
        made["failure_reason"] = "Insufficient funds / \"NSF\""
    return made


def adjustment(w: World, row: Row) -> Json:
    d = w.dice("adjustment", row.index)
    return {
        "amount": d.pick((75.25, -20, 100, 0.5)), "created_at": row.created, "currency": "usd", "customer": row.owner,
        "date": row.created, "id": row.id, "notes": d.pick((None, "Goodwill")), "object": "credit_balance_adjustment",
        "updated_at": row.stamp,
    }


def dispute(w: World, row: Row) -> Json:
    d = w.dice("dispute", row.index)
    charge_index = w.linked("disputes", row.index)
    charge_id = w.id_of("charges", charge_index)
    return {
        "amount": money(_amount(w, w.linked("charges", charge_index))), "charge": charge_id, "charge_id": charge_id,
        "created_at": row.created, "currency": "usd", "defense_reason": None, "gateway": "flywire",
        "gateway_id": f"dp_{row.id}", "id": row.id, "merchant_account_transaction": None,
        "merchant_account_transaction_id": None, "object": "dispute", "reason": "fraudulent",
        "status": d.pick(("Pending", "Won", "Lost", "Responded")), "updated_at": row.stamp,
    }


def payout(w: World, row: Row) -> Json:
    d = w.dice("payout", row.index)
    cents = 100_000 + d.below(900_000)
    return {
        "amount": money(cents), "arrival_date": iso(row.created + 2 * DAY)[:10], "bank_account_name": "Main account",
        "created_at": row.created, "currency": "usd", "description": "Payout", "failure_message": None,
        "gross_amount": money(cents), "id": row.id, "initiated_at": iso(row.created), "merchant_account": 3071,
        "merchant_account_id": 3071, "merchant_account_transaction": None, "merchant_account_transaction_id": None,
        "modification_reference": None, "object": "payout", "pending_amount": 0, "reference": f"po_{row.id}",
        "statement_descriptor": "NORTHPINE", "status": d.pick(("completed", "completed", "pending")),
        "updated_at": row.stamp,
    }


def payment_link(w: World, row: Row) -> Json:
    d = w.dice("payment_link", row.index)
    status = d.pick(("active", "active", "completed", "deleted"))
    owner = w.id_of("customers", w.customer_index("payment_links", row.index)) if d.below(3) else None
    return {
        "after_completion_url": None, "collect_billing_address": False, "collect_phone_number": False,
        "collect_shipping_address": False, "created_at": row.created, "currency": "usd", "customer": owner,
        "customer_id": owner, "deleted": status == "deleted", "deleted_at": row.stamp if status == "deleted" else None,
        "id": row.id, "name": f"Link {row.index}", "object": "payment_link", "reusable": d.one_in(3), "status": status,
        "terms_of_service_url": None, "updated_at": row.stamp, "url": f"{HOST}/pay/{row.id:x}",
    }
