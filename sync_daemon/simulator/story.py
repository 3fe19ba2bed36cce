"""Two years of a company's business, told invoice by invoice.

Each kind of thing that can happen to an invoice comes in turn, so that even a small account has all of them.
"""

from __future__ import annotations

from datetime import date, timedelta

from sync_daemon.simulator.days import day_of
from sync_daemon.simulator.fates import CASES, TAIL, spends_credit
from sync_daemon.simulator.sales import Story, note_of, sell
from sync_daemon.simulator.setup import coupon, tax_rate
from sync_daemon.simulator.subscribers import SHAPES, subscribe
from sync_daemon.simulator.trade import Document, Trade
from sync_daemon.simulator.world import World

MONTHS = 24


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
        subscribe(story, number, months)
    others = max(3 * len(CASES), wanted - len(story.trade.invoices))
    span = (today - months[0]).days - len(TAIL)
    before: Document | None = None
    for number in range(others - len(TAIL)):
        case = CASES[number % len(CASES)]
        made = sell(story, months[0] + timedelta(number * span // (others - len(TAIL))),
                    before.customer if before is not None and case is spends_credit else None)
        case(story, made)
        before = made
    for number, case in enumerate(TAIL):
        case(story, sell(story, today - timedelta(len(TAIL) - number)))
    note = note_of(story, story.trade.invoices[-1], 8_000, w.base - 1000, "Price change")
    note.state = "draft"
    story.trade.credit_notes.append(note)
    return story.trade
