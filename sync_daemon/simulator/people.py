"""Customers and their children: contacts, notes, tasks, payment sources, pending lines."""

from __future__ import annotations

from sync_daemon.simulator.encode import Json, money
from sync_daemon.simulator.setup import BRANDS, FIRST, LAST, catalogue_id, tax_rate, user
from sync_daemon.simulator.world import BANK, Row, World

HOST = "https://northpine.invoiced.com"
FIRMS = ("Harborline Foods", "Café Łódź / Söhne", "Bright & Sons", "東京商事", "North \"Star\" Tools", "Kestrel Labs",
         "Pampa y Río", "Granite Works", "Blue\\Line Freight", "Orchard 🍏 Supply", "Œuvre Atelier", "Delta Print")
KINDS = (" LLC", " GmbH", " Inc.", " SARL", " Ltd", " S.A.", "")
CITIES = (("Duluth", "MN", "55802", "US"), ("Łódź", None, "90-001", "PL"), ("Saint-Étienne", None, "42000", "FR"),
          ("Austin", "TX", "73301", "US"), ("Toronto", "ON", "M4B 1B3", "CA"), ("Malmö", None, "211 20", "SE"))
TERMS = ("NET 30", "NET 15", "Due on Receipt", "NET 45", None)


def source(w: World, row: Row) -> Json:
    """A card or a bank account, with all fields of its own list."""
    d = w.dice("source", row.index)
    bank, number = row.id >= BANK, row.id % BANK
    common: Json = {
        "chargeable": d.below(6) > 0, "created_at": row.created, "customer": row.owner, "customer_id": row.owner,
        "failure_reason": None, "gateway": "gocardless" if bank else "stripe",
        "gateway_customer": None if bank else f"cus_{d.below(10**6)}", "gateway_id": f"pm_{d.below(10**8)}",
        "gateway_setup_intent": None, "id": number, "last4": f"{d.below(10_000):04d}",
        "merchant_account": 3071, "merchant_account_id": 3071, "receipt_email": None, "updated_at": row.stamp,
    }
    if bank:
        return common | {
            "object": "bank_account", "account_holder_name": d.pick(FIRMS), "account_holder_type": "company",
            "account_number": None, "bank_name": "First Lakeside Bank", "country": "US", "currency": "usd",
            "routing_number": "091000019", "type": d.pick(("checking", "savings")), "verification_last_sent": None,
            "verified": d.below(3) > 0,
        }
    return common | {
        "object": "card", "brand": d.pick(BRANDS), "exp_month": 1 + d.below(12), "exp_year": 2025 + d.below(6),
        "funding": d.pick(("credit", "debit", "prepaid")), "issuing_country": d.pick(("US", "CA", None)),
    }


def embedded_source(w: World, customer: int) -> Json | None:
    """The source as other objects embed it: without the duplicate `customer`."""
    size = w.sizes["payment_sources"]
    if size == 0 or customer % 3:
        return None
    row = w.head("payment_sources", customer % size)
    row.owner = w.id_of("customers", customer)
    hidden = ("customer", "merchant_account_id", "account_number", "verification_last_sent")
    return {key: value for key, value in source(w, row).items() if key not in hidden}


def customer(w: World, row: Row) -> Json:
    d = w.dice("customer", row.index)
    city, state, postal, country = d.pick(CITIES)
    owner = 5_100 + d.below(6) if d.below(4) else None
    name = f"{d.pick(FIRMS)}{d.pick(KINDS)} {row.index + 1}"
    cadence = 210 + d.below(3) if d.one_in(4) else None
    embedded = embedded_source(w, row.index)
    metadata: Json = {"erp_ref": f"HF-{row.index}", "account_rep": d.pick(("north", "south", "Überregional"))}
    if d.one_in(3):
        metadata["key_account"] = d.one_in(2)
    return {
        "ach_gateway": None, "ach_gateway_id": None, "ach_gateway_object": None, "active": d.below(20) > 0,
        "address1": f"{1 + d.below(200)} Quay Street", "address2": None, "aging": None, "attention_to": None,
        "autopay": d.one_in(3), "autopay_delay_days": -1, "avalara_entity_use_code": None,
        "avalara_exemption_number": None, "bill_to_parent": False, "cc_gateway": None, "cc_gateway_id": None,
        "cc_gateway_object": None, "chase": d.below(5) > 0, "chasing_cadence": cadence, "chasing_cadence_id": cadence,
        "city": city, "collection_mode": "auto" if embedded else "manual", "consolidated": False,
        "convenience_fee": True, "country": country, "created_at": row.created, "credit_balance": 0,
        "credit_hold": False, "credit_limit": d.pick((None, 25_000, 1500.5)), "currency": d.pick(("usd", "usd", "eur")),
        "default_source_id": str(embedded["id"]) if embedded else None,
        "default_source_type": embedded["object"] if embedded else None,
        "email": f"ap{row.index}@example.com", "id": row.id, "language": None, "late_fee_schedule": None,
        "late_fee_schedule_id": None, "metadata": metadata if d.below(4) else {}, "name": name,
        "network_connection": None, "network_connection_id": None, "next_chase_step": 902 if cadence else None,
        "next_chase_step_id": 902 if cadence else None, "notes": d.pick((None, None, "Calls back.\nAsk \"Kim\".")),
        "number": f"CUST-{row.index + 1:05d}", "object": "customer", "owner": owner, "owner_id": owner,
        "parent_customer": w.id_of("customers", d.below(row.index)) if row.index and d.one_in(25) else None,
        "payment_source": embedded, "payment_terms": d.pick(TERMS), "phone": f"+1218555{d.below(10_000):04d}",
        "postal_code": postal, "sign_up_page": None, "sign_up_page_id": None, "sign_up_url": None, "state": state,
        "statement_pdf_url": f"{HOST}/statements/x1/{row.id:x}/pdf",
        "statement_url": f"{HOST}/statements/x1/{row.id:x}", "surcharging": True, "tax_id": None,
        "taxable": d.below(8) > 0,
        "taxes": [tax_rate(w, d.below(w.sizes["tax_rates"]))] if w.sizes["tax_rates"] and d.one_in(6) else [],
        "type": d.pick(("company", "company", "person", "government", "non_profit")), "updated_at": row.stamp,
    }


def contact(w: World, row: Row) -> Json:
    d = w.dice("contact", row.index)
    return {
        "address1": None, "address2": None, "city": None, "country": d.pick(("US", None)), "created_at": row.created,
        "customer": row.owner, "customer_id": row.owner, "department": None,
        "email": f"contact{row.index}@example.com", "id": row.id, "name": f"{d.pick(FIRST)} {d.pick(LAST)}",
        "object": "contact", "phone": None, "postal_code": None, "primary": d.one_in(2), "role": None, "role_id": None,
        "send_new_invoices": d.one_in(3), "sms_enabled": False, "state": None, "title": d.pick((None, "AP lead")),
        "updated_at": row.stamp,
    }


def note(w: World, row: Row) -> Json:
    d = w.dice("note", row.index)
    invoice = w.id_of("invoices", d.below(w.sizes["invoices"])) if w.sizes["invoices"] and d.one_in(2) else None
    member = d.below(6) if d.below(3) else None
    return {
        "created_at": row.created, "customer": row.owner, "customer_id": row.owner, "id": row.id, "invoice": invoice,
        "invoice_id": invoice, "notes": d.pick(("Promised payment by Friday.", "Ocupada\tllamar mañana", "☎ 3×")),
        "object": "note", "updated_at": row.stamp, "user": None if member is None else user(w, member),
        "user_id": None if member is None else 5_100 + member,
    }


def task(w: World, row: Row) -> Json:
    d = w.dice("task", row.index)
    done = d.one_in(3)
    return {
        "action": d.pick(("phone", "letter", "email", "review", "mail")), "bill": None, "bill_id": None,
        "chase_step_id": None, "complete": done, "completed_by_user_id": 5_100 if done else None,
        "completed_date": row.stamp if done else None, "created_at": row.created, "customer": row.owner,
        "customer_id": row.owner, "due_date": row.created + 604_800, "id": row.id, "name": f"Call about #{row.index}",
        "updated_at": row.stamp, "user_id": 5_100 + d.below(6), "vendor_credit": None, "vendor_credit_id": None,
    }


def pending_line(w: World, row: Row) -> Json:
    d = w.dice("pending", row.index)
    quantity, unit = 1 + d.below(9), 500 + 25 * d.below(300)
    made: Json = {
        "amount": money(quantity * unit), "catalog_item": catalogue_id(w, "items", d.below(1000)),
        "created_at": row.created, "credit_note_id": None, "customer": row.owner, "customer_id": row.owner,
        "description": "Overage", "discountable": True, "discounts": [], "estimate_id": None, "id": row.id,
        "invoice_id": None, "metadata": {}, "name": "Standard crate", "object": "line_item", "order": row.index % 7,
        "quantity": quantity, "taxable": True, "taxes": [], "type": "product", "unit_cost": money(unit),
        "updated_at": row.stamp,
    }
    if d.one_in(4):
        made["plan"] = catalogue_id(w, "plans", d.below(1000))
    return made
