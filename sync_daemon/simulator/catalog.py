"""Every list of the pretend account and the server's rules for it, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

AR = "accounts_receivable"
BILLING = "subscription_billing"
CUSTOMER = "/customers/:customer_id"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `share` is its part of an account of 20,000 objects; `fixed` sizes do not grow with the account."""

    name: str
    path: str
    model: str
    first_id: int
    share: int
    object: str | None = None
    feature: str | None = AR
    builder: bool = False
    updated_after: bool = False
    date: str | None = None
    keyset: bool = False
    strict: bool = False
    sort: str = "id asc"
    hidden: frozenset[str] = frozenset()
    prefix: str | None = None
    verbs: frozenset[str] = frozenset()
    parent: str | None = None
    parent_missing: str | None = None
    params: frozenset[str] = frozenset()
    by_name: bool = False
    retrieve: bool = True
    paginated: bool = True
    removal: str = "hard"
    fixed: bool = False
    canonical: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name of the key column for `sort` and the server's cursor."""
        return "internal_id" if self.by_name or self.name in ("bundles", "custom_fields") else "id"


CUD = frozenset({"created", "updated", "deleted"})
DOCUMENT = frozenset({"sent", "viewed", "voided", "date_voided"})
CATALOGUE = frozenset({"archived", "internal_id"})
SOURCE_REF = frozenset({"payment_source_id", "payment_source_type"})

_ROWS = (
    Resource("customers", "/customers", "Customer", 710_000, 1200, "customer", builder=True, updated_after=True,
             keyset=True, strict=True, prefix="customer", verbs=CUD | {"merged"},
             hidden=frozenset({"aging", "chasing_cadence_id", "collection_mode", "credit_balance", "default_source_id",
                               "default_source_type", "next_chase_step_id", "sign_up_page_id"})),
    Resource("contacts", CUSTOMER + "/contacts", "Contact", 61_000, 1500, "contact", keyset=True,
             prefix="contact", verbs=CUD, parent="customers"),
    Resource("notes", "/notes", "Note", 8_100, 600, "note", updated_after=True, keyset=True, prefix="note", verbs=CUD),
    Resource("tasks", "/tasks", "Task", 77_000, 350, feature=None, keyset=True, prefix="task", verbs=CUD),
    Resource("invoices", "/invoices", "Invoice", 2_900_000, 5000, "invoice", builder=True, updated_after=True,
             date="date", keyset=True, prefix="invoice", verbs=CUD,
             hidden=DOCUMENT | SOURCE_REF | {
                 "amount_credited", "amount_paid", "amount_written_off", "collection_mode", "consolidated",
                 "consolidated_invoice_id", "customerName", "date_bad_debt", "date_paid", "expected_payment_date",
                 "last_sent", "next_chase_step", "payment_plan_id", "recalculate_chase"},
             canonical=("include=" + ",".join(("voided", "date_voided", "date_paid", "date_bad_debt", "amount_paid",
                                               "amount_credited", "amount_written_off", "expected_payment_date")),)),
    Resource("estimates", "/estimates", "Estimate", 120_000, 500, "estimate", builder=True, updated_after=True,
             date="date", prefix="estimate", verbs=CUD,
             hidden=DOCUMENT | {"approval_id", "invoice_id", "last_sent"}),
    Resource("credit_notes", "/credit_notes", "Credit Note", 88_000, 400, "credit_note", builder=True,
             updated_after=True, date="date", keyset=True, prefix="credit_note", verbs=CUD,
             hidden=DOCUMENT | {"amount_applied_to_invoice", "amount_credited", "amount_refunded",
                                "consolidated_invoice_id", "invoice_id"},
             canonical=("include=voided,date_voided,amount_applied_to_invoice,amount_credited,amount_refunded",)),
    Resource("payments", "/payments", "Payment", 770_000, 3200, "payment", builder=True, updated_after=True,
             date="date", keyset=True, strict=True, prefix="payment", verbs=CUD, removal="void",
             hidden=frozenset({"applied", "applied_to", "date_voided", "external_id", "payee", "plaid_bank_account",
                               "plaid_bank_account_id"}), canonical=("include=applied_to,date_voided",)),
    Resource("charges", "/charges", "Charge", 550_000, 1300, "charge", keyset=True, strict=True, prefix="charge",
             verbs=frozenset({"created"}), removal="never", hidden=SOURCE_REF | {"last_status_check"}),
    Resource("refunds", "/refunds", "Refund", 40_000, 80, "refund", keyset=True, strict=True, prefix="refund",
             verbs=frozenset({"created"}), removal="never"),
    Resource("transactions", "/transactions", "Transaction", 930_000, 2000, "transaction", builder=True,
             updated_after=True, date="date", keyset=True, prefix="transaction", verbs=CUD,
             hidden=SOURCE_REF | {"credit_note_id", "estimate_id", "last_status_check", "sent"}),
    Resource("credit_balance_adjustments", "/credit_balance_adjustments", "Credit Balance Adjustment", 930_000, 150,
             "credit_balance_adjustment", keyset=True, prefix="transaction", verbs=CUD,
             hidden=frozenset({"updated_at"}), canonical=("include=updated_at",)),
    Resource("payment_sources", CUSTOMER + "/payment_sources", "Payment Source", 5_500, 700, strict=True,
             sort="", prefix="payment_source", verbs=CUD, parent="customers", parent_missing="Customer",
             params=frozenset({"include_hidden"}), retrieve=False, paginated=False, removal="hide",
             hidden=frozenset({"merchant_account_id", "account_number", "verification_last_sent"}),
             canonical=("include_hidden=1",)),
    Resource("subscriptions", "/subscriptions", "Subscription", 40_000, 450, "subscription", feature=BILLING,
             builder=True, updated_after=True, keyset=True, prefix="subscription", verbs=CUD,
             params=frozenset({"all", "canceled", "finished"}), removal="cancel", canonical=("all=1",),
             hidden=SOURCE_REF | {"approval_id", "canceled", "finished", "num_invoices", "pending_renewal", "plan_id",
                                  "prorate"}),
    Resource("items", "/items", "Item", 3_000, 100, "item", hidden=CATALOGUE, by_name=True, sort="internal_id asc",
             params=frozenset({"archived"}), removal="archive", canonical=("include=internal_id,archived",)),
    Resource("plans", "/plans", "Plan", 2_000, 30, "plan", feature=BILLING, hidden=CATALOGUE, by_name=True,
             sort="internal_id asc", params=frozenset({"archived"}), removal="archive",
             canonical=("include=internal_id,archived",)),
    Resource("tax_rates", "/tax_rates", "Tax Rate", 1_500, 12, "tax_rate", hidden=CATALOGUE, by_name=True,
             sort="internal_id asc", params=frozenset({"archived"}), removal="archive", fixed=True,
             canonical=("include=internal_id,archived",)),
    Resource("coupons", "/coupons", "Coupon", 1_200, 16, "coupon", hidden=CATALOGUE, by_name=True,
             sort="internal_id asc", params=frozenset({"archived"}), removal="archive", fixed=True,
             canonical=("include=internal_id,archived",)),
    Resource("payment_plans", "/invoices/:invoice_id/payment_plan", "Payment Plan", 6_100, 150, "payment_plan",
             feature=None, prefix="payment_plan", verbs=CUD, parent="invoices", retrieve=False, paginated=False,
             removal="detach", hidden=frozenset({"approval_id", "invoice_id"})),
    Resource("pending_line_items", CUSTOMER + "/line_items", "Line Item", 6_610_000, 200, "line_item",
             feature="metered_billing", sort="order asc", prefix="line_item", verbs=CUD, parent="customers",
             parent_missing="Customer",
             hidden=frozenset({"catalog_item_id", "credit_note_id", "customer_id", "estimate_id", "invoice_id",
                               "order", "period_end", "period_start", "plan_id", "prorated", "subscription_id"})),
    Resource("events", "/events", "Event", 99_000_000, 2500, feature=None, sort="id desc", date="timestamp",
             hidden=frozenset({"href", "message", "object", "user"}),
             params=frozenset({"related_to", "type", "from"}), canonical=("sort=id asc",), removal="never"),
    Resource("payment_links", "/payment_links", "Payment Link", 4_200, 40, "payment_link", feature="payment_links",
             keyset=True, strict=True, prefix="payment_link", verbs=CUD, removal="soft"),
    Resource("disputes", "/disputes", "Dispute", 2_700, 20, "dispute", keyset=True, strict=True, prefix="dispute",
             verbs=frozenset({"created"}), removal="never"),
    Resource("payouts", "/payouts", "Payout", 7_300, 60, "payout", keyset=True, strict=True, prefix="payout",
             verbs=frozenset({"created"}), removal="never"),
    Resource("bundles", "/bundles", "Bundle", 90, 5, sort="internal_id asc", hidden=frozenset({"internal_id"}),
             fixed=True),
    Resource("gl_accounts", "/gl_accounts", "G L Account", 300, 24, feature=None, sort="sort_key asc",
             hidden=frozenset({"sort_key"}), fixed=True),
    Resource("payment_terms", "/payment_terms", "Payment Terms", 500, 8, "payment_terms", fixed=True),
    Resource("late_fee_schedules", "/late_fee_schedules", "Late Fee Schedule", 610, 3, keyset=True, fixed=True),
    Resource("custom_fields", "/custom_fields", "Custom Field", 800, 12, feature=None, sort="internal_id asc",
             fixed=True),
    Resource("members", "/members", "Member", 5_100, 6, feature=None,
             hidden=frozenset({"expires", "user_id"}), fixed=True),
    Resource("chasing_cadences", "/chasing_cadences", "Chasing Cadence", 210, 3, "chasing_cadence",
             feature="smart_chasing", keyset=True, fixed=True),
)

RESOURCES: Mapping[str, Resource] = MappingProxyType({row.name: row for row in _ROWS})

# Relations that `expand` and event snapshots replace by the object itself.
RELATIONS: Mapping[str, str] = MappingProxyType({
    "customer": "customers", "invoice": "invoices", "estimate": "estimates", "credit_note": "credit_notes",
    "subscription": "subscriptions", "payment": "payments", "charge": "charges", "payment_plan": "payment_plans",
    "plan": "plans", "catalog_item": "items", "parent_customer": "customers", "chasing_cadence": "chasing_cadences",
})
