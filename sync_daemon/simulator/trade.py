"""What happens between a company and its customers, in minor units, and so that every balance can be explained.

Nothing happens after `until`: what would, is left out, and so invoices stay open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Subscription:
    customer: int
    currency: str
    plan: int
    interval: int
    """Months."""
    unit: int
    quantity: int
    created: int
    stamp: int
    coupon: int | None = None
    rate: int | None = None
    canceled: int | None = None
    period: tuple[int, int] = (0, 0)
    mrr: int = 0
    invoices: int = 0
    id: int = 0


@dataclass(slots=True, eq=False)
class Line:
    """`tenths` of a unit, at `unit` each. Discount and tax come with the number of their coupon and tax rate."""

    name: str
    tenths: int
    unit: int
    amount: int
    kind: str = "product"
    discount: int = 0
    coupon: int = 0
    tax: int = 0
    rate: int = 0
    subscription: Subscription | None = None
    period: tuple[int, int] | None = None


@dataclass(slots=True, eq=False)
class Document:
    """An invoice or a credit note. `lost` is what was written off; `state` is open, draft, voided or closed."""

    customer: int
    currency: str
    date: int
    created: int
    stamp: int
    lines: list[Line]
    due: int | None = None
    discount: int = 0
    coupon: int = 0
    tax: int = 0
    rate: int = 0
    paid: int = 0
    credited: int = 0
    lost: int = 0
    pending: int = 0
    state: str = "open"
    ended: int | None = None
    seen: str = "sent"
    terms: str | None = None
    autopay: bool = False
    invoice: Document | None = None
    subscription: Subscription | None = None
    installments: list[tuple[int, int]] = field(default_factory=list)
    plan_id: int = 0
    id: int = 0

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def total(self) -> int:
        return (self.subtotal - self.discount - sum(line.discount for line in self.lines)
                + self.tax + sum(line.tax for line in self.lines))

    @property
    def balance(self) -> int:
        return 0 if self.state == "voided" else self.total - self.paid - self.credited - self.lost


@dataclass(slots=True, eq=False)
class Charge:
    customer: int
    currency: str
    amount: int
    created: int
    status: str
    method: str
    payment: Payment | None = None
    refund: tuple[int, int] | None = None
    dispute: tuple[int, str] | None = None
    """Amount and moment; moment and status."""
    id: int = 0

    @property
    def stamp(self) -> int:
        return max(self.created, self.refund[1] if self.refund else 0, self.dispute[0] if self.dispute else 0)


@dataclass(slots=True, eq=False)
class Payment:
    customer: int | None
    currency: str
    amount: int
    created: int
    stamp: int
    method: str
    left: int = 0
    voided: bool = False
    charge: Charge | None = None
    moves: list[Move] = field(default_factory=list)
    id: int = 0


@dataclass(slots=True, eq=False)
class Move:
    """A transaction; `kind` is what its payment calls it. The amount has the sign of the transaction."""

    kind: str
    type: str
    method: str
    amount: int
    created: int
    customer: int | None
    currency: str
    payment: Payment | None = None
    invoice: Document | None = None
    note: Document | None = None
    status: str = "succeeded"
    text: str | None = None
    id: int = 0

    @property
    def stamp(self) -> int:
        return self.created


@dataclass(slots=True)
class Trade:
    until: int
    invoices: list[Document] = field(default_factory=list)
    credit_notes: list[Document] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    credit: dict[int, int] = field(default_factory=dict)
    """Credit balance of each customer."""


def touch(document: Document, moment: int) -> None:
    document.stamp = max(document.stamp, moment)


def _move(trade: Trade, move: Move) -> None:
    trade.moves.append(move)
    if move.payment is not None:
        move.payment.moves.append(move)
    for document in (move.invoice, move.note):
        if document is not None:
            touch(document, move.created)


def pay(trade: Trade, moment: int, shares: Sequence[tuple[Document, int]], method: str, *, credit: int = 0,
        fee: int = 0, left: int = 0, status: str = "succeeded") -> Payment | None:
    """One payment for parts of invoices; what it is more goes to the credit balance, is a fee, or is left unapplied."""
    first = shares[0][0]
    amount = sum(part for _, part in shares) + credit + fee + left
    if moment > trade.until or amount <= 0 or any(part <= 0 or part > one.balance for one, part in shares):
        return None
    made = Payment(first.customer, first.currency, amount, moment, moment, method, left)
    trade.payments.append(made)
    by_charge = method in {"credit_card", "ach"}
    if by_charge:
        made.charge = Charge(first.customer, first.currency, amount, moment, status, method, made)
        trade.charges.append(made.charge)
    kind = "charge" if by_charge else "payment"
    for one, part in shares:
        _move(trade, Move("invoice", kind, method, part, moment, first.customer, first.currency, made, one,
                          status=status))
        if status == "succeeded":
            one.paid += part
        else:
            one.pending += part
    if credit:
        trade.credit[first.customer] = trade.credit.get(first.customer, 0) + credit
        _move(trade, Move("credit", "adjustment", "balance", -credit, moment, first.customer, first.currency, made,
                          text="Overpayment"))
    if fee:
        _move(trade, Move("convenience_fee", kind, method, fee, moment, first.customer, first.currency, made,
                          text="Convenience Fee"))
    return made


def fail(trade: Trade, moment: int, invoice: Document) -> None:
    """A card that is refused: a charge and a transaction without a payment."""
    if moment <= trade.until:
        trade.charges.append(Charge(invoice.customer, invoice.currency, invoice.balance, moment, "failed",
                                    "credit_card"))
        _move(trade, Move("", "charge", "credit_card", invoice.balance, moment, invoice.customer, invoice.currency,
                          invoice=invoice, status="failed"))


def receive(trade: Trade, moment: int, customer: int | None, currency: str, amount: int) -> None:
    """Money of which nobody said yet what it is for."""
    if moment <= trade.until:
        trade.payments.append(Payment(customer, currency, amount, moment, moment, "check", amount))


def bounce(trade: Trade, moment: int, payment: Payment) -> bool:
    """Voids a payment: its transactions are deleted, its invoices owe again."""
    if moment > trade.until:
        return False
    for move in payment.moves:
        assert move.invoice is not None
        move.invoice.paid -= move.amount
        touch(move.invoice, moment)
        trade.moves.remove(move)
    payment.moves, payment.left, payment.voided, payment.stamp = [], payment.amount, True, moment
    return True


def give(trade: Trade, moment: int, note: Document, invoice: Document | None = None, *, lost: bool = False) -> bool:
    """Issues a credit note and applies it: to an invoice, which may be a loss, or to the credit balance."""
    if moment > trade.until:
        return False
    trade.credit_notes.append(note)
    made = Payment(note.customer, note.currency, 0, moment, moment, "other")
    trade.payments.append(made)
    used = note.total if invoice is None else min(note.total, invoice.balance)
    _move(trade, Move("credit_note", "adjustment", "balance" if invoice is None else "other", -used, moment,
                      note.customer, note.currency, made, invoice, note))
    note.credited = used
    if invoice is None:
        trade.credit[note.customer] = trade.credit.get(note.customer, 0) + used
    elif lost:
        invoice.lost += used
        invoice.ended = moment
    else:
        invoice.credited += used
    return True


def grant(trade: Trade, moment: int, customer: int, currency: str, amount: int) -> None:
    """Credit out of goodwill."""
    if moment <= trade.until:
        trade.credit[customer] = trade.credit.get(customer, 0) + amount
        _move(trade, Move("", "adjustment", "balance", -amount, moment, customer, currency, text="Goodwill"))


def spend(trade: Trade, moment: int, invoice: Document) -> None:
    """Pays from the credit balance."""
    amount = min(trade.credit.get(invoice.customer, 0), invoice.balance)
    if moment > trade.until or amount <= 0:
        return
    trade.credit[invoice.customer] -= amount
    invoice.paid += amount
    made = Payment(invoice.customer, invoice.currency, 0, moment, moment, "other")
    trade.payments.append(made)
    _move(trade, Move("applied_credit", "charge", "balance", amount, moment, invoice.customer, invoice.currency, made,
                      invoice))


def end(trade: Trade, moment: int, document: Document, state: str) -> None:
    """Voids a document with nothing applied to it, or closes one that is not paid."""
    if moment <= trade.until:
        document.state, document.ended = state, moment
        touch(document, moment)
