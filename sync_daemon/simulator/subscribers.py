"""Subscribers, who are billed in advance: they come, grow, shrink, leave and come back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from sync_daemon.simulator.days import midnight
from sync_daemon.simulator.fates import ordinary
from sync_daemon.simulator.sales import Story, currency_of, share, terms_of
from sync_daemon.simulator.trade import Document, Line, Subscription

PLANS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "usd": ((0, 1, 79_00), (1, 1, 249_00), (5, 12, 2_400_00)), "eur": ((3, 1, 149_00),), "jpy": ((4, 1, 12_000),)}
"""By currency: number, months, and price of a plan."""
SHAPES = ("grows", "shrinks", "leaves", "returns", "stays", "yearly")


def subscribe(story: Story, number: int, months: Sequence[date]) -> None:
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
        line.coupon, line.discount = one.coupon, share(line.amount, story.coupons[one.coupon])
    if one.rate is not None:
        line.rate, line.tax = one.rate, share(line.amount - line.discount, story.rates[one.rate])
    terms, days = terms_of(w, one.customer)
    made = Document(one.customer, one.currency, period[0], created, created, [line],
                    midnight(w.time_zone, day + timedelta(days)), terms=terms, subscription=one)
    one.period, one.invoices, one.stamp = period, one.invoices + 1, created
    one.mrr = (line.amount - line.discount) // one.interval
    story.trade.invoices.append(made)
    ordinary(story, made)
