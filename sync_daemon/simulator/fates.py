"""What can happen to an invoice: who pays, when and how, and who does not.

What would happen in the future does not happen, and so new invoices are open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sync_daemon.simulator.days import day_of, midnight
from sync_daemon.simulator.sales import HOUR, Story, note_of, sell
from sync_daemon.simulator.trade import Document, Payment, bounce, end, fail, give, grant, pay, receive, spend

DAY = 86_400
HABITS = (-7, -2, 0, 1, 3, 6, 11, 24)
"""Days from the due date to the payment, by customer."""


def ordinary(story: Story, invoice: Document, days: int | None = None) -> Payment | None:
    """Paid in full when this customer pays, or so many days after it is due."""
    d = story.dice
    by_card = invoice.customer % 3 == 0
    if days is None:
        days = 0 if by_card else story.world.dice("habit", invoice.customer).pick(HABITS) + d.below(7) - 3
    invoice.autopay = by_card
    method = "credit_card" if by_card else d.pick(("check", "ach", "wire_transfer", "check"))
    return pay(story.trade, story.due_in(invoice, days), [(invoice, invoice.balance)], method)


def early(story: Story, invoice: Document) -> None:
    ordinary(story, invoice, -9 - story.dice.below(6))


def late(story: Story, invoice: Document) -> None:
    ordinary(story, invoice, 15 + story.dice.below(50))


def very_late(story: Story, invoice: Document) -> None:
    ordinary(story, invoice, 100 + story.dice.below(90))


def in_parts(story: Story, invoice: Document) -> None:
    pay(story.trade, story.due_in(invoice, 2), [(invoice, invoice.balance * 2 // 5)], "check")
    pay(story.trade, story.due_in(invoice, 45), [(invoice, invoice.balance)], "check")


def credited(story: Story, invoice: Document) -> None:
    """A credit note is issued; a new one is not applied yet."""
    moment = story.after(invoice.created, 6)
    note = note_of(story, invoice, max(1, invoice.total // 5), moment, "Goods returned")
    if story.world.base - moment > 40 * DAY:
        give(story.trade, moment, note, invoice)
    elif moment <= story.trade.until:
        story.trade.credit_notes.append(note)
    ordinary(story, invoice, 4)


def overpaid(story: Story, invoice: Document) -> None:
    pay(story.trade, story.due_in(invoice, -2), [(invoice, invoice.balance)], "check", credit=invoice.total // 10 * 10)


def spends_credit(story: Story, invoice: Document) -> None:
    moments = [move.created for move in story.trade.moves
               if move.customer == invoice.customer and move.method == "balance"]
    spend(story.trade, story.after(max([invoice.created, *moments]), 1), invoice)
    ordinary(story, invoice, 30)


def voided(story: Story, invoice: Document) -> None:
    end(story.trade, story.after(invoice.created, 3), invoice, "voided")


def written_off(story: Story, invoice: Document) -> None:
    """A part is paid, the rest becomes a credit note with a line of bad debt."""
    pay(story.trade, story.due_in(invoice, 20), [(invoice, invoice.balance * 3 // 10)], "check")
    moment = story.due_in(invoice, 125)
    note = note_of(story, invoice, invoice.balance, moment, "Bad Debt", "bad_debt")
    give(story.trade, moment, note, invoice, lost=True)


def closed_unpaid(story: Story, invoice: Document) -> None:
    end(story.trade, story.due_in(invoice, 140), invoice, "closed")


def in_installments(story: Story, invoice: Document) -> None:
    """Four months; each is paid a few days late."""
    w, part = story.world, invoice.total // 4
    days = [day_of(w.time_zone, invoice.date) + timedelta(30 * step) for step in range(1, 5)]
    amounts = [part, part, part, invoice.total - 3 * part]
    invoice.installments = [(midnight(w.time_zone, day), amount) for day, amount in zip(days, amounts, strict=True)]
    invoice.due = midnight(w.time_zone, days[-1] + timedelta(1))
    for day, amount in zip(days, amounts, strict=True):
        pay(story.trade, story.at(day + timedelta(story.dice.below(9))), [(invoice, amount)], "check")


def refunded(story: Story, invoice: Document) -> None:
    """A refund of a charge leaves the invoice paid."""
    made = pay(story.trade, story.due_in(invoice, 0), [(invoice, invoice.balance)], "credit_card")
    if made is not None and made.charge is not None and (moment := story.after(made.created, 5)) <= story.trade.until:
        made.charge.refund = max(1, made.amount // 4), moment


def disputed(story: Story, invoice: Document) -> None:
    made = pay(story.trade, story.after(invoice.created, 1), [(invoice, invoice.balance // 2)], "credit_card")
    if made is None or made.charge is None:
        return
    moment = story.after(made.created, 1)
    old = story.world.base - moment > 75 * DAY
    if moment <= story.trade.until:
        made.charge.dispute = moment, "Won" if old else "Responded"
    pay(story.trade, story.after(moment, 70), [(invoice, invoice.balance)], "check")


def refused_first(story: Story, invoice: Document) -> None:
    fail(story.trade, story.due_in(invoice, 0), invoice)
    pay(story.trade, story.due_in(invoice, 4), [(invoice, invoice.balance)], "credit_card")


def bounced(story: Story, invoice: Document) -> None:
    made = pay(story.trade, story.due_in(invoice, 3), [(invoice, invoice.balance)], "check")
    if made is not None and bounce(story.trade, story.after(made.created, 4), made):
        pay(story.trade, story.after(made.created, 12), [(invoice, invoice.balance)], "wire_transfer")


def two_at_once(story: Story, invoice: Document) -> None:
    other = sell(story, day_of(story.world.time_zone, invoice.date), invoice.customer)
    pay(story.trade, story.due_in(invoice, 5), [(invoice, invoice.balance), (other, other.balance)], "wire_transfer")


def with_fee(story: Story, invoice: Document) -> None:
    pay(story.trade, story.due_in(invoice, 0), [(invoice, invoice.balance)], "credit_card",
        fee=invoice.balance * 3 // 100)


def partly_applied(story: Story, invoice: Document) -> None:
    """More is paid than owed, and what for is asked; after two months the rest is sent back."""
    left = max(1, invoice.balance // 3) if story.world.base - invoice.created < 100 * DAY else 0
    pay(story.trade, story.due_in(invoice, 0 if left == 0 else -12), [(invoice, invoice.balance)], "check", left=left)


def credit_moved(story: Story, invoice: Document) -> None:
    """A credit note that comes after the payment goes to the credit balance."""
    made = ordinary(story, invoice, 1)
    if made is not None:
        moment = story.after(made.created, 3)
        give(story.trade, moment, note_of(story, invoice, max(1, invoice.total // 8), moment, "Rebate"))


def pending(story: Story, invoice: Document) -> None:
    pay(story.trade, invoice.created + HOUR, [(invoice, invoice.balance)], "ach", status="pending")


def draft(_story: Story, invoice: Document) -> None:
    invoice.state = "draft"


def unsent(story: Story, invoice: Document) -> None:
    zone = story.world.time_zone
    invoice.due = midnight(zone, day_of(zone, invoice.date) + timedelta(30))
    invoice.terms, invoice.seen = "NET 30", "not_sent"


def part_now(story: Story, invoice: Document) -> None:
    pay(story.trade, invoice.created + 2 * HOUR, [(invoice, invoice.balance // 3)], "check")


def part_installment(story: Story, invoice: Document) -> None:
    in_installments(story, invoice)
    part_now(story, invoice)


def with_open_credit(story: Story, invoice: Document) -> None:
    """Credit notes that are not used yet, and one that was a mistake; cash and credit without a document."""
    moment = invoice.created + HOUR
    for amount in (2_500, 4_000):
        story.trade.credit_notes.append(note_of(story, invoice, amount, moment, "Rebate"))
    end(story.trade, moment + HOUR, story.trade.credit_notes[-1], "voided")
    receive(story.trade, moment, None, "usd", 31_250)
    receive(story.trade, moment + HOUR, invoice.customer, invoice.currency, invoice.total)
    grant(story.trade, moment, invoice.customer, invoice.currency, 3_000)


Case = Callable[[Story, Document], object]
CASES: tuple[Case, ...] = (
    ordinary, late, ordinary, written_off, early, ordinary, overpaid, spends_credit, ordinary, in_parts, late, credited,
    ordinary, early, voided, ordinary, in_installments, late, ordinary, refunded, ordinary, closed_unpaid, very_late,
    ordinary, disputed, ordinary, refused_first, late, ordinary, bounced, early, two_at_once, ordinary, with_fee,
    ordinary, credit_moved, late, ordinary, partly_applied, ordinary)
TAIL: tuple[Case, ...] = (
    ordinary, disputed, with_open_credit, part_installment, part_now, partial(ordinary, days=60), pending, unsent,
    draft)
"""The last days, one invoice a day: what is only seen in new ones."""
