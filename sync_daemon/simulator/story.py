"""Two years of a company's business, told invoice by invoice: who buys what, who pays, and who does not.

Each kind of thing that can happen to an invoice comes in turn, so that even a small account has all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sync_daemon.simulator.days import day_of, midnight
from sync_daemon.simulator.setup import coupon, tax_rate
from sync_daemon.simulator.trade import (
    Document,
    Line,
    Payment,
    Subscription,
    Trade,
    bounce,
    end,
    fail,
    give,
    grant,
    pay,
    receive,
    spend,
)
from sync_daemon.simulator.world import Dice, World

HOUR, DAY = 3600, 86_400
MONTHS = 24
TERMS = (("NET 30", 30), ("NET 15", 15), ("NET 30", 30), ("NET 45", 45), ("Due on Receipt", 0))
HABITS = (-7, -2, 0, 1, 3, 6, 11, 24)
"""Days from the due date to the payment, by customer."""
GOODS = ("Standard crate", "Dock scheduling", "Freight ½ load", "Beratung / Prüfung", "設定", "Support", "Pallet / EUR")
PLANS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "usd": ((0, 1, 79_00), (1, 1, 249_00), (5, 12, 2_400_00)), "eur": ((3, 1, 149_00),), "jpy": ((4, 1, 12_000),)}
"""By currency: number, months, and price of a plan."""
SHAPES = ("grows", "shrinks", "leaves", "returns", "stays", "yearly")


def currency_of(customer: int) -> str:
    return "eur" if customer % 10 == 3 else "jpy" if customer % 20 == 7 else "usd"


def terms_of(w: World, customer: int) -> tuple[str, int]:
    return w.dice("terms", customer).pick(TERMS)


@dataclass(slots=True)
class Story:
    world: World
    trade: Trade
    dice: Dice
    customers: list[int]
    """When each customer came."""
    coupons: list[int] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)
    """Thousandths of a percent."""

    def at(self, day: date) -> int:
        """A moment within the working hours of a day."""
        return midnight(self.world.time_zone, day) + 8 * HOUR + self.dice.below(9 * HOUR)

    def after(self, moment: int, days: int) -> int:
        return self.at(day_of(self.world.time_zone, moment) + timedelta(days))

    def due_in(self, invoice: Document, days: int) -> int:
        """So many days after the due date, but not before the invoice."""
        return max(self.after(invoice.due or invoice.date, days), invoice.created + HOUR)


def tell(w: World) -> Trade:
    """The whole story; the same for the same world."""
    story = Story(w, Trade(w.base - 900), w.dice("story", 0),
                  [w.created_of("customers", index) for index in range(w.sizes["customers"])],
                  [round(coupon(w, n)["value"] * 1000) for n in range(w.sizes["coupons"])],
                  [round(tax_rate(w, n)["value"] * 1000) for n in range(w.sizes["tax_rates"])])
    today = day_of(w.time_zone, w.base)
    months = [date((today.year * 12 + today.month - 1 - back) // 12, (today.month - 1 - back) % 12 + 1, 1)
              for back in range(MONTHS, -1, -1)]
    wanted = w.sizes["invoices"]
    for number in range(max(len(SHAPES) * 2, wanted * 2 // 5 // 18)):
        _subscribe(story, number, months)
    others = max(3 * len(CASES), wanted - len(story.trade.invoices))
    span = (today - months[0]).days - len(TAIL)
    before: Document | None = None
    for number in range(others - len(TAIL)):
        case = CASES[number % len(CASES)]
        made = _sell(story, months[0] + timedelta(number * span // (others - len(TAIL))),
                     before.customer if before is not None and case is spends_credit else None)
        case(story, made)
        before = made
    for number, case in enumerate(TAIL):
        case(story, _sell(story, today - timedelta(len(TAIL) - number)))
    note = _note(story, story.trade.invoices[-1], 8_000, w.base - 1000, "Price change")
    note.state = "draft"
    story.trade.credit_notes.append(note)
    return story.trade


# Documents.

def _share(amount: int, thousandths: int) -> int:
    return (amount * thousandths + 50_000) // 100_000


def _customer(story: Story, moment: int) -> int:
    """One who came before."""
    return story.dice.below(max(1, bisect_left(story.customers, moment)))


def _rated(story: Story, lines: list[Line], document: Document) -> None:
    """Discounts and taxes of some lines and some documents; each by its own rate, rounded by itself."""
    d = story.dice
    for line in lines:
        if story.coupons and d.one_in(6):
            line.coupon = d.below(len(story.coupons))
            line.discount = _share(line.amount, story.coupons[line.coupon])
    if story.coupons and d.one_in(9):
        document.coupon = d.below(len(story.coupons))
        document.discount = _share(document.total, story.coupons[document.coupon])
    if story.rates and d.one_in(4):
        document.rate = d.below(len(story.rates))
        document.tax = _share(document.total, story.rates[document.rate])
    elif story.rates and d.one_in(4):
        lines[0].rate = d.below(len(story.rates))
        lines[0].tax = _share(lines[0].amount - lines[0].discount, story.rates[lines[0].rate])


def _sell(story: Story, day: date, customer: int | None = None) -> Document:
    """An invoice for goods."""
    w, d = story.world, story.dice
    created = story.at(day)
    customer = _customer(story, created) if customer is None else customer
    lines = []
    for _ in range(1 + d.below(3)):
        tenths, unit = d.pick((10, 10, 20, 50, 125)), 100 * (1 + d.below(500)) + d.pick((0, 0, 0, 50, 99))
        lines.append(Line(d.pick(GOODS), tenths, unit, (tenths * unit + 5) // 10))
    terms, days = terms_of(w, customer)
    made = Document(customer, currency_of(customer), midnight(w.time_zone, day), created, created, lines,
                    midnight(w.time_zone, day + timedelta(days)), terms=terms,
                    seen=d.pick(("sent", "viewed", "viewed")))
    _rated(story, lines, made)
    story.trade.invoices.append(made)
    return made


def _note(story: Story, invoice: Document, amount: int, moment: int, name: str, kind: str = "product") -> Document:
    """A credit note to the customer of an invoice."""
    date_ = midnight(story.world.time_zone, day_of(story.world.time_zone, moment))
    return Document(invoice.customer, invoice.currency, date_, moment, moment, [Line(name, 10, amount, amount, kind)],
                    invoice=invoice)


# What happens to an invoice.

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
    note = _note(story, invoice, max(1, invoice.total // 5), moment, "Goods returned")
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
    note = _note(story, invoice, invoice.balance, moment, "Bad Debt", "bad_debt")
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
    other = _sell(story, day_of(story.world.time_zone, invoice.date), invoice.customer)
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
        give(story.trade, moment, _note(story, invoice, max(1, invoice.total // 8), moment, "Rebate"))


def pending(story: Story, invoice: Document) -> None:
    pay(story.trade, invoice.created + HOUR, [(invoice, invoice.balance)], "ach", status="pending")


def draft(_story: Story, invoice: Document) -> None:
    invoice.state = "draft"


def unsent(_story: Story, invoice: Document) -> None:
    invoice.seen = "not_sent"


def part_now(story: Story, invoice: Document) -> None:
    pay(story.trade, invoice.created + 2 * HOUR, [(invoice, invoice.balance // 3)], "check")


def part_installment(story: Story, invoice: Document) -> None:
    in_installments(story, invoice)
    part_now(story, invoice)


def with_open_credit(story: Story, invoice: Document) -> None:
    """Credit notes that are not used yet, and one that was a mistake; cash and credit without a document."""
    moment = invoice.created + HOUR
    for amount in (2_500, 4_000):
        story.trade.credit_notes.append(_note(story, invoice, amount, moment, "Rebate"))
    end(story.trade, moment + HOUR, story.trade.credit_notes[-1], "voided")
    receive(story.trade, moment, None, "usd", 31_250)
    receive(story.trade, moment + HOUR, invoice.customer, invoice.currency, invoice.total)
    grant(story.trade, moment, invoice.customer, invoice.currency, 3_000)


Case = Callable[[Story, Document], object]
CASES: tuple[Case, ...] = (
    ordinary, late, ordinary, written_off, early, ordinary, overpaid, spends_credit, ordinary, in_parts, late, credited,
    ordinary, early, voided, ordinary, in_installments, late, ordinary, refunded, ordinary, closed_unpaid, very_late,
    ordinary, disputed, ordinary, refused_first, late, ordinary, bounced, early, two_at_once, ordinary, with_fee, ordinary,
    credit_moved, late, ordinary, partly_applied, ordinary)
TAIL: tuple[Case, ...] = (
    ordinary, disputed, with_open_credit, part_installment, part_now, partial(ordinary, days=60), pending, unsent,
    draft)
"""The last days, one invoice a day: what is only seen in new ones."""


# Subscriptions.

def _subscribe(story: Story, number: int, months: list[date]) -> None:
    """One subscriber, billed on the first day of the month, in advance."""
    w, shape = story.world, SHAPES[number % len(SHAPES)]
    currency = "usd" if number % 6 > 3 else ("usd", "usd", "eur", "usd", "jpy", "usd", "usd")[number % 7]
    first = 0 if number < 4 else number * 7 % (12 if shape in {"leaves", "returns"} else 20)
    came = bisect_left(story.customers, midnight(w.time_zone, months[first]))
    own = [index for index in range(min(max(12, came), len(story.customers))) if currency_of(index) == currency]
    customer = own[number * 5 % len(own)]
    plan, interval, unit = PLANS[currency][0 if currency != "usd" else 2 if shape == "yearly" else number % 2]
    quantities: dict[int, int] = {
        "grows": {0: 2, 5: 3, 11: 5, 17: 6}, "shrinks": {0: 6, 7: 4, 13: 3}, "leaves": {0: 2, 9: 0},
        "returns": {0: 1, 6: 0, 9: 2}}.get(shape, {0: 1 + number % 3})
    quantity, one = 0, None
    for month in range(first, len(months)):
        if quantities.get(month - first, quantity) != quantity or one is None:
            quantity = quantities.get(month - first, quantity)
            moment = midnight(w.time_zone, months[month]) + 10
            if moment > story.trade.until:
                break
            if one is not None and quantity == 0:
                one.canceled, one.stamp, one.mrr = moment, moment, 0
                one = None
            elif one is None and quantity:
                one = Subscription(customer, currency, plan, interval, unit, quantity, moment, moment,
                                   number % len(story.coupons) if story.coupons and number % 4 == 1 else None,
                                   number % len(story.rates) if story.rates and number % 3 == 0 else None)
                story.trade.subscriptions.append(one)
            elif one is not None:
                one.quantity, one.stamp = quantity, moment
        if one is not None and (month - first) % interval == 0:
            _bill(story, one, months[month])


def _bill(story: Story, one: Subscription, day: date) -> None:
    w = story.world
    created = midnight(w.time_zone, day) + 60
    if created > story.trade.until:
        return
    year, month = divmod(day.year * 12 + day.month - 1 + one.interval, 12)
    period = midnight(w.time_zone, day), midnight(w.time_zone, date(year, month + 1, 1)) - 1
    line = Line("Dock scheduling", 10 * one.quantity, one.unit, one.quantity * one.unit, "plan", subscription=one,
                period=period)
    if one.coupon is not None:
        line.coupon, line.discount = one.coupon, _share(line.amount, story.coupons[one.coupon])
    if one.rate is not None:
        line.rate, line.tax = one.rate, _share(line.amount - line.discount, story.rates[one.rate])
    terms, days = terms_of(w, one.customer)
    made = Document(one.customer, one.currency, period[0], created, created, [line],
                    midnight(w.time_zone, day + timedelta(days)), terms=terms, subscription=one)
    one.period, one.invoices, one.stamp = period, one.invoices + 1, created
    one.mrr = (line.amount - line.discount) // one.interval
    story.trade.invoices.append(made)
    ordinary(story, made)
