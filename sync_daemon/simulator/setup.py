"""The account's settings: catalogue, terms, fields, members, the company itself."""

from __future__ import annotations

from datetime import UTC, datetime

from sync_daemon.simulator.catalog import CATALOGUE
from sync_daemon.simulator.encode import Json, literal
from sync_daemon.simulator.world import Row, World

FIRST = ("Rowan", "Zoë", "Łukasz", "Mei", "Amara", "Jürgen", "Inés", "O'Neil", "Søren", "Priya", "Tomáš", "Ada")
LAST = ("Field", "Müller", "Nowak", "陈", "Okafor", "Groß", "Peña", "Sato", "Lindqvist", "Rao", "Dvořák", "Byrne")
BRANDS = ("Mastercard", "Visa", "American Express")
ITEMS = ("crate-std", "dock-service", "pallet/eur", "café-latte", "widget_ß", "support", "freight", "setup")

# (id, object, type): how `metadata` values of that object are cast, everywhere except in the list of invoices.
CUSTOM_FIELDS = (
    ("po_batch", "invoice", "integer"), ("rush", "invoice", "boolean"), ("margin", "invoice", "double"),
    ("region", "invoice", "string"), ("erp_ref", "customer", "string"), ("account_rep", "customer", "enum"),
    ("key_account", "customer", "boolean"), ("region", "subscription", "string"),
    ("cost_center", "line_item", "integer"), ("lockbox", "payment", "string"), ("rush", "estimate", "boolean"),
    ("weight", "item", "double"),
)


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def is_archived(index: int) -> bool:
    return index % 4 == 2


def catalogue_id(w: World, resource: str, index: int) -> str:
    """The string id of a catalogue row. An archived row shares its id with the active one made after it."""
    index %= max(1, w.sizes[resource])
    number = index + 1 if is_archived(index) and index + 1 < w.sizes[resource] else index
    prefix = {"items": ITEMS[number % len(ITEMS)], "plans": "plan", "tax_rates": "tax", "coupons": "loyal"}[resource]
    return f"{prefix}-{number}"


def active_index(w: World, resource: str, index: int) -> int:
    index %= max(1, w.sizes[resource])
    return index - 1 if is_archived(index) else index


def _common(w: World, row: Row, kind: str) -> Json:
    return {
        "archived": is_archived(row.index), "created_at": row.created, "id": catalogue_id(w, row.resource, row.index),
        "internal_id": row.id, "metadata": {}, "object": kind, "updated_at": row.stamp,
    }


def tax_rate_row(w: World, row: Row) -> Json:
    d = w.dice("tax", row.index)
    return _common(w, row, "tax_rate") | {
        "currency": None, "inclusive": False, "is_percent": True, "name": f"Sales Tax {row.index}",
        "value": d.pick((6.875, 7, 19, 5.5)),
    }


def coupon_row(w: World, row: Row) -> Json:
    d = w.dice("coupon", row.index)
    return _common(w, row, "coupon") | {
        "currency": None, "duration": 0, "exclusive": False, "expiration_date": None, "is_percent": True,
        "max_redemptions": 0, "name": f"Loyalty {row.index}", "value": d.pick((10, 5, 2.5)),
    }


def tax_rate(w: World, index: int) -> Json:
    """A tax rate as other objects embed it."""
    return _embed(tax_rate_row(w, w.head("tax_rates", active_index(w, "tax_rates", index))))


def coupon(w: World, index: int) -> Json:
    return _embed(coupon_row(w, w.head("coupons", active_index(w, "coupons", index))))


def _embed(row: Json) -> Json:
    return {key: value for key, value in sorted(row.items()) if key not in CATALOGUE}


def item(w: World, row: Row) -> Json:
    d = w.dice("item", row.index)
    return _common(w, row, "item") | {
        "avalara_location_code": None, "avalara_tax_code": None, "currency": d.pick(("usd", None)),
        "description": d.pick((None, "Reusable crates", "½ m by ⅓ m")), "discountable": True,
        "gl_account": d.pick(("4000", None)), "name": f"Item {row.index}", "taxable": d.below(5) > 0,
        "taxes": [tax_rate(w, 0)] if w.sizes["tax_rates"] and d.one_in(8) else [],
        "type": d.pick(("product", "service", None)), "unit_cost": d.pick((50, 12.5, 0, 0.125)),
        "metadata": {"weight": 1.5} if d.one_in(5) else {},
    }


def plan(w: World, row: Row) -> Json:
    d = w.dice("plan", row.index)
    mode = d.pick(("per_unit", "per_unit", "tiered", "volume"))
    tiers = [{"max_qty": 10, "unit_cost": 79}, {"min_qty": 11, "unit_cost": 69.5}] if mode != "per_unit" else None
    return _common(w, row, "plan") | {
        "amount": literal("1.0e-5") if row.index == 1 else d.pick((79, 49.99, 1200)),
        "catalog_item": catalogue_id(w, "items", d.below(1000)) if w.sizes["items"] and d.one_in(2) else None,
        "currency": "usd", "description": None, "interval": d.pick(("month", "year", "week")), "interval_count": 1,
        "name": f"Dock scheduling {row.index}", "notes": None, "pricing_mode": mode,
        "quantity_type": d.pick(("constant", "usage")), "tiers": tiers,
    }


def bundle(w: World, row: Row) -> Json:
    return {
        "created_at": row.created, "currency": "usd", "id": f"bundle-{row.index}", "internal_id": row.id,
        "items": [{"catalog_item": _embed(item(w, w.head("items", 0))), "quantity": 1 + row.index}]
        if w.sizes["items"] else [],
        "name": f"Bundle {row.index}", "updated_at": row.stamp,
    }


def gl_account(w: World, row: Row) -> Json:
    parent = w.id_of("gl_accounts", row.index // 6 * 6) if row.index % 6 else None
    return {
        "code": str(4000 + row.index), "created_at": row.created, "id": row.id, "name": f"Revenue {row.index}",
        "parent_id": parent, "sort_key": f"{row.index % 12:03d}", "updated_at": row.stamp,
    }


def payment_terms(_world: World, row: Row) -> Json:
    early = row.index % 3 == 0
    return {
        "active": True, "created_at": row.created, "discount_expires_in_days": 10 if early else None,
        "discount_is_percent": True if early else None, "discount_value": 2.5 if early else None,
        "due_in_days": str(15 * row.index), "id": row.id, "name": f"NET {15 * row.index}", "object": "payment_terms",
        "updated_at": row.stamp,
    }


def late_fee_schedule(w: World, row: Row) -> Json:
    return {
        "amount": 1.5, "created_at": row.created, "default": row.index == 0, "enabled": True, "grace_period": 5,
        "id": row.id, "is_percent": True, "last_run": iso(w.base - 90_000) if row.index else None,
        "name": f"Late fee {row.index}", "recurring_days": 30, "start_date": iso(row.created)[:10],
        "updated_at": row.stamp,
    }


def custom_field(_world: World, row: Row) -> Json:
    name, target, kind = CUSTOM_FIELDS[row.index % len(CUSTOM_FIELDS)]
    return {
        "choices": ["north", "south", "Überregional"] if kind == "enum" else [], "created_at": row.created,
        "external": False, "id": name, "internal_id": row.id, "name": name.replace("_", " ").title(),
        "object": target, "type": kind, "updated_at": row.stamp,
    }


def user(w: World, member: int) -> Json:
    return {
        "created_at": w.start, "email": f"user{member}@northpine.example", "first_name": FIRST[member % len(FIRST)],
        "id": 5_100 + member, "last_name": LAST[member % len(LAST)], "registered": True, "two_factor_enabled": True,
        "updated_at": w.start + 86_400,
    }


def member(w: World, row: Row) -> Json:
    return {
        "created_at": row.created, "email_update_frequency": "weekly", "expires": 0, "id": row.id,
        "last_accessed": row.stamp, "notification_viewed": iso(row.created), "notifications": True,
        "restriction_mode": "none", "restrictions": None, "role": "administrator", "subscribe_all": False,
        "updated_at": row.stamp, "user": user(w, row.index), "user_id": row.id,
    }


def chasing_cadence(w: World, row: Row) -> Json:
    step = {"action": "email", "created_at": row.created, "id": 902 + row.index, "name": "First", "schedule": "age:0",
            "updated_at": row.created}
    return {
        "assignment_conditions": "", "assignment_mode": "none", "created_at": row.created, "frequency": "daily",
        "id": row.id, "last_run": row.created, "min_balance": None, "name": f"Cadence {row.index}",
        "next_run": w.base + 3600, "object": "chasing_cadence", "paused": False, "run_date": None, "run_days": None,
        "steps": [step], "time_of_day": 7, "updated_at": row.stamp,
    }


def company(w: World) -> Json:
    return {
        "address1": "12 Mill Road", "address2": None, "address_extra": None, "canceled": False, "city": "Duluth",
        "country": "US", "created_at": w.start - 86_400, "creator_id": 5_100, "currency": "usd",
        "date_format": "M j, Y", "email": "billing@northpine.example", "highlight_color": "#303030",
        "id": w.company_id, "industry": None, "language": "en", "logo": "", "name": f"Northpine {w.company_id}",
        "nickname": None, "phone": None, "postal_code": "55802", "show_currency_code": False, "state": "MN",
        "tax_id": None, "test_mode": True, "time_zone": w.time_zone, "trial_ends": None, "type": "company",
        "updated_at": w.base - 86_400, "url": "https://northpine.invoiced.com", "username": f"northpine{w.company_id}",
        "website": None,
    }
