"""What is sold: invoices for goods and credit notes, with discounts and taxes, and the customers who get them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta

from sync_daemon.simulator.days import day_of, midnight
from sync_daemon.simulator.trade import Document, Line, Trade
from sync_daemon.simulator.world import Dice, World

HOUR = 3600
TERMS = (("NET 30", 30), ("NET 15", 15), ("NET 30", 30), ("NET 45", 45), ("Due on Receipt", 0))
GOODS = ("Standard crate", "Dock scheduling", "Freight ½ load", "Beratung / Prüfung", "設定", "Support", "Pallet / EUR")


def currency_of(customer: int) -> str:
    return "eur" if customer % 10 == 3 else "jpy" if customer % 20 == 7 else "usd"


def terms_of(w: World, customer: int) -> tuple[str, int]:
    """Payment terms, and their days."""
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


def share(amount: int, thousandths: int) -> int:
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
            line.discount = share(line.amount, story.coupons[line.coupon])
    if story.coupons and d.one_in(9):
        document.coupon = d.below(len(story.coupons))
        document.discount = share(document.total, story.coupons[document.coupon])
    if story.rates and d.one_in(4):
        document.rate = d.below(len(story.rates))
        document.tax = share(document.total, story.rates[document.rate])
    elif story.rates and d.one_in(4):
        lines[0].rate = d.below(len(story.rates))
        lines[0].tax = share(lines[0].amount - lines[0].discount, story.rates[lines[0].rate])


def sell(story: Story, day: date, customer: int | None = None) -> Document:
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


def note_of(story: Story, invoice: Document, amount: int, moment: int, name: str, kind: str = "product") -> Document:
    """A credit note to the customer of an invoice."""
    date_ = midnight(story.world.time_zone, day_of(story.world.time_zone, moment))
    return Document(invoice.customer, invoice.currency, date_, moment, moment, [Line(name, 10, amount, amount, kind)],
                    invoice=invoice)
