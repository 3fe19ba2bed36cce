"""The mirrored resources: one row of data for each. No class per resource.

To add one: a row here, its columns in `sql/tables/` with a migration, and data in the simulator; a test names whichever
is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Way(Enum):
    """How a list is read without losing a row."""

    VALUE = "by value"
    """Honours `updated_after` and `sort=updated_at asc`: walked by value, polled in every cycle."""
    ID = "by id"
    """Read whole in id order; again by the sweep or on request."""
    CHILD = "per parent"
    """One list for each row of another resource."""
    FEED = "feed"
    """The events: in id order from a point in time on."""
    SINGLE = "single"
    """One object."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of the API and the table of the same name.

    `query` is the fixed query that defines the canonical form of a row; `optional` is left out where the server
    refuses it (it is undocumented). `hidden` are fields that a list shows only if asked by `include=`; they belong to
    the canonical form once a probe has decided for them (`source/hidden_fields.py`). `variants` are further queries of
    one list, each of which shows different rows.
    `parent` is the resource whose rows own the lists of a child (`sql/queries/children.sql` finds them).
    `shows` has what the rows that only one variant shows have in common.
    `whole` is an undocumented variant that shows all rows, used where a probe proves it.
    `key` says which column is the primary key and how it is made (see `records.key_of`). `event` is the prefix of the
    its event types. `retrieve` is the path of one object, None where there is none.
    """

    name: str
    path: str
    way: Way = Way.ID
    key: str = "id"
    query: tuple[tuple[str, str], ...] = ()
    optional: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
    variants: tuple[str, ...] = ("",)
    shows: tuple[tuple[str, str], ...] = ()
    whole: str = ""
    sort: str = ""
    keyset: bool = False
    parent: str | None = None
    event: str | None = None
    retrieve: str | None = None

    def shown_by(self, variant: str) -> tuple[str | None, list[str]]:
        """What `raw` must and must not contain to be shown by a variant: JSON for the operator @>."""
        if variant not in self.variants:
            return None, []
        return dict(self.shows).get(variant), [value for name, value in self.shows if name != variant]

    def asked(self, hidden: tuple[str, ...]) -> list[tuple[str, str]]:
        """The fixed query with these hidden fields: `include` is one parameter, with commas."""
        asked = dict(self.query)
        if hidden:
            asked["include"] = ",".join([*filter(None, [asked.get("include")]), *hidden])
        return list(asked.items())

    @property
    def key_type(self) -> str:
        """Type of the primary key in Postgres."""
        return "bigint" if self.key == "id" else "text"

    @property
    def key_column(self) -> str:
        """Name of the primary key: the API's own `id`, or `key` where it is composed."""
        return "id" if self.key == "id" else "key"


def _by_value(name: str, event: str, *, sort: str = "updated_at asc", **more: object) -> Resource:
    return Resource(name, f"/{name}", Way.VALUE, event=event, sort=sort, keyset=name != "estimates",
                    retrieve=f"/{name}/{{id}}", **more)  # type: ignore[arg-type]  # fields of Resource


def _by_id(name: str, **more: object) -> Resource:
    return Resource(name, f"/{name}", retrieve=f"/{name}/{{id}}", **more)  # type: ignore[arg-type]  # fields of Resource


def _catalogue(name: str) -> Resource:
    """Lists that show only active rows unless asked for archived ones; the id of an archived row may be reused."""
    return Resource(name, f"/{name}", key="internal_id", query=(("include", "internal_id,archived"),),
                    variants=("", "archived=1"))


_OF_CUSTOMER = "/customers/{parent}"

CHILD_SWEEPS: Final = 4
"""Per-parent lists cost a request for each parent: they are swept a quarter as often."""

RESOURCES: Final[tuple[Resource, ...]] = (
    _by_value("customers", "customer"),
    Resource("contacts", f"{_OF_CUSTOMER}/contacts", Way.CHILD, parent="customers",
             sort="id asc", event="contact", retrieve=f"{_OF_CUSTOMER}/contacts/{{id}}"),
    # without the second column, rows of one second come in any order
    _by_value("notes", "note", sort="updated_at asc,id asc"),
    _by_id("tasks", event="task", keyset=True),
    _by_value("invoices", "invoice", hidden=("voided", "date_voided", "date_paid", "date_bad_debt", "amount_paid",
                                             "amount_credited", "amount_written_off", "expected_payment_date")),
    _by_value("estimates", "estimate"),
    _by_value("credit_notes", "credit_note", hidden=("voided", "date_voided", "amount_applied_to_invoice",
                                                     "amount_credited", "amount_refunded")),
    _by_value("payments", "payment", query=(("include", "applied_to"),), hidden=("date_voided",)),
    _by_id("charges", event="charge", keyset=True),
    _by_id("refunds", event="refund", keyset=True),
    _by_value("transactions", "transaction"),
    _by_id("credit_balance_adjustments", event="transaction", keyset=True, query=(("include", "updated_at"),)),
    Resource("payment_sources", f"{_OF_CUSTOMER}/payment_sources", Way.CHILD, key="object:id",
             parent="customers", event="payment_source", optional=(("include_hidden", "1"),)),
    _by_value("subscriptions", "subscription", variants=("", "canceled=1", "finished=1"), whole="all=1",
              shows=(("canceled=1", '{"status": "canceled"}'), ("finished=1", '{"status": "finished"}'))),
    _catalogue("items"),
    _catalogue("plans"),
    _catalogue("tax_rates"),
    _catalogue("coupons"),
    Resource("payment_plans", "/invoices/{parent}/payment_plan", Way.CHILD,
             parent="invoices", event="payment_plan"),
    Resource("pending_line_items", f"{_OF_CUSTOMER}/line_items", Way.CHILD, parent="customers",
             sort="id asc", event="line_item", retrieve=f"{_OF_CUSTOMER}/line_items/{{id}}"),
    Resource("events", "/events", Way.FEED, sort="id asc", retrieve="/events/{id}"),
    _by_id("payment_links", event="payment_link", keyset=True),
    _by_id("disputes", event="dispute", keyset=True),
    _by_id("payouts", event="payout", keyset=True),
    Resource("bundles", "/bundles", key="internal_id"),
    _by_id("gl_accounts", sort="id asc"),  # its default order is sort_key, which is not unique
    _by_id("payment_terms"),
    _by_id("late_fee_schedules", keyset=True),
    Resource("custom_fields", "/custom_fields", key="internal_id"),
    _by_id("members"),
    _by_id("chasing_cadences", keyset=True),
    Resource("company", "/companies/current", Way.SINGLE),
)

BY_NAME: Final[dict[str, Resource]] = {resource.name: resource for resource in RESOURCES}

if len(BY_NAME) != len(RESOURCES):
    raise AssertionError("two resources have one name")
for _child in RESOURCES:
    if _child.parent is not None and _child.parent not in BY_NAME:
        raise AssertionError(f"{_child.name} belongs to {_child.parent}, which is not mirrored")


def choose(wanted: tuple[str, ...]) -> tuple[Resource, ...]:
    """The named resources, in the order of RESOURCES; `-name` leaves one out; no name means all.

    Raises KeyError with the first unknown name.
    """
    for name in wanted:
        if name.removeprefix("-") not in BY_NAME and name != "all":
            raise KeyError(name.removeprefix("-"))
    left_out = {name[1:] for name in wanted if name.startswith("-")}
    named = {name for name in wanted if not name.startswith("-")} - {"all"} or set(BY_NAME)
    return tuple(resource for resource in RESOURCES if resource.name in named - left_out)
