"""What happens in the pretend account: events, deletes that are none, imports, merges, late commits, raw rows."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from sync_daemon.simulator import Options, Refused, Simulator

Get = Callable[..., Coroutine[Any, Any, tuple[int, Any]]]


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(Options(seed=3, objects=1500, event_delay=0)).serve() as running:
        yield running


@pytest.fixture
async def get(sim: Simulator) -> AsyncIterator[Get]:
    headers = {"Authorization": aiohttp.encode_basic_auth(sim.api_key, "")}
    async with aiohttp.ClientSession(headers=headers) as session:
        async def ask(path: str, /, **params: Any) -> tuple[int, Any]:
            async with session.get(sim.url + path, params={k: str(v) for k, v in params.items()}) as answer:
                return answer.status, json.loads(await answer.read())

        yield ask


async def newest(get: Get, **params: Any) -> dict[str, Any]:
    _, rows = await get("/events", per_page=1, **params)
    return rows[0]


async def test_an_update_writes_an_event_with_old_values_and_the_customer_in_full(sim: Simulator, get: Get) -> None:
    invoice = next(row for row in sim.account.rows("invoices") if not row["paid"])
    sim.account.update("invoices", invoice["id"], {"purchase_order": "PO-new"})
    event = await newest(get)
    assert event["type"] == "invoice.updated"
    assert event["data"]["previous"] == {"purchase_order": invoice["purchase_order"],
                                         "updated_at": invoice["updated_at"]}
    shown = event["data"]["object"]
    assert (shown["id"], shown["purchase_order"]) == (invoice["id"], "PO-new")
    assert shown["customer"]["id"] == invoice["customer"]
    _, one = await get(f"/events/{event['id']}")
    assert one == event
    sim.account.update("invoices", invoice["id"], {"paid": True, "balance": 0})
    assert (await newest(get))["type"] == "invoice.paid"


async def test_hidden_fields_tell_when_an_invoice_was_paid_and_are_shown_only_if_asked_for(
        sim: Simulator, get: Get) -> None:
    invoice = next(row for row in sim.account.rows("invoices") if row["status"] == "sent")
    sim.account.update("invoices", invoice["id"], {"paid": True, "balance": 0})
    _, shown = await get(f"/invoices/{invoice['id']}", include="date_paid,amount_paid")
    assert (shown["date_paid"], shown["amount_paid"]) == (shown["updated_at"], invoice["total"])
    assert not {"date_paid", "amount_paid"} & (await get(f"/invoices/{invoice['id']}"))[1].keys()


async def test_a_promise_to_pay_has_an_event_and_leaves_the_stamp(sim: Simulator, get: Get) -> None:
    invoice = next(row for row in sim.account.rows("invoices") if row["status"] == "sent")
    sim.account.promise(invoice["id"], 1_900_000_000)
    event = await newest(get)
    assert (event["type"], event["data"]["object"]["invoice"]) == ("invoice.payment_expected", invoice["id"])
    _, shown = await get(f"/invoices/{invoice['id']}", include="expected_payment_date")
    assert (shown["expected_payment_date"]["date"], shown["updated_at"]) == (1_900_000_000, invoice["updated_at"])


async def test_hidden_or_empty_changes_move_the_stamp_without_an_event(sim: Simulator, get: Get) -> None:
    before, key = await newest(get), sim.account.ids("invoices")[0]
    sim.account.update("invoices", key, {"sent": True, "viewed": True})
    assert await newest(get) == before
    assert sim.account.retrieve("invoices", key)["updated_at"] >= sim.account.now() - 2


async def test_the_feed_can_be_asked_by_type_and_object(sim: Simulator, get: Get) -> None:
    key = sim.account.ids("contacts")[0]
    sim.account.update("contacts", key, {"title": "Boss"})
    sim.account.delete("contacts", key)
    _, rows = await get("/events", related_to=f"contact,{key}", **{"filter[type]": "contact.deleted"})
    assert [row["type"] for row in rows] == ["contact.deleted"]
    assert rows[0]["data"]["object"]["title"] == "Boss"
    _, rows = await get("/events", type="contact")
    assert {row["type"].split(".")[0] for row in rows} == {"contact"}
    assert (await get("/events", type="contact.deleted"))[0] == 400


@pytest.mark.parametrize(("resource", "field", "value"), [
    ("payments", "voided", True), ("subscriptions", "status", "canceled"), ("payment_links", "status", "deleted")])
async def test_deleted_often_means_something_else(sim: Simulator, get: Get, resource: str, field: str,
                                                  value: object) -> None:
    key = next(row["id"] for row in sim.account.rows(resource) if row[field] != value)
    sim.account.delete(resource, key)
    assert (await newest(get))["type"].endswith(".deleted")
    status, row = await get(f"/{resource}/{key}")
    assert (status, row[field]) == (200, value)


async def test_a_hard_delete_is_a_404_that_names_the_object(sim: Simulator, get: Get) -> None:
    key = sim.account.ids("invoices")[5]
    sim.account.delete("invoices", key)
    assert await get(f"/invoices/{key}") == (
        404, {"type": "invalid_request", "message": f"Invoice was not found: {key}"})
    with pytest.raises(Refused):
        sim.account.delete("charges", sim.account.ids("charges")[0])


async def test_voiding_keeps_the_row(sim: Simulator, get: Get) -> None:
    key = sim.account.ids("invoices")[5]
    sim.account.void("invoices", key)
    assert (await get(f"/invoices/{key}"))[1]["status"] == "voided"
    assert (await newest(get))["type"] == "invoice.updated"


async def test_a_canceled_payment_plan_is_out_of_reach(sim: Simulator, get: Get) -> None:
    invoice = next(row for row in sim.account.rows("invoices") if row["payment_plan"])
    sim.account.delete("payment_plans", invoice["payment_plan"])
    assert (await get(f"/invoices/{invoice['id']}/payment_plan"))[0] == 400
    _, rows = await get("/events", type="payment_plan")
    assert [row["type"] for row in rows] == ["payment_plan.deleted"]


async def test_imports_are_silent_but_for_their_end(sim: Simulator, get: Get) -> None:
    before = sim.account.count("events")
    made = sim.account.import_rows("invoices", count=120)
    rows = [sim.account.retrieve("invoices", key) for key in made]
    assert len({row["updated_at"] for row in rows}) == 1
    assert len(rows) == 120
    assert sim.account.count("events") == before + 1
    assert (await newest(get))["type"] == "import.finished"


async def test_a_merge_moves_children_without_stamps_or_events(sim: Simulator, get: Get) -> None:
    loser, winner = sim.account.ids("customers")[:2]
    _, recent = await get("/invoices", updated_after=sim.account.now() - 60)
    _, children = await get("/invoices", **{"filter[customer]": loser})
    before = sim.account.count("events")
    sim.account.merge(winner, loser)
    assert (await get(f"/customers/{loser}"))[0] == 404
    _, moved = await get("/invoices", **{"filter[customer]": winner})
    stamps = {row["id"]: row["updated_at"] for row in moved}
    assert children
    assert all(stamps[row["id"]] == row["updated_at"] for row in children)
    assert sim.account.count("events") == before + 1
    assert await get("/invoices", updated_after=sim.account.now() - 60) == (200, recent)
    event = await newest(get)
    assert event["type"] == "customer.merged"
    assert event["data"]["object"]["original_customer"]["id"] == loser


async def test_catalogue_changes_emit_nothing(sim: Simulator, get: Get) -> None:
    before = sim.account.count("events")
    key = sim.account.create("items", fields={"id": "brand/new"})[0]
    sim.account.update("items", key, {"name": "Newer"})
    sim.account.archive("items", key)
    assert sim.account.count("events") == before
    assert (await get("/items", archived=1))[1][-1]["id"] == "brand/new"


async def test_a_late_commit_is_stamped_now_and_seen_later(sim: Simulator, get: Get) -> None:
    stamp = sim.account.now()
    made = sim.account.create("customers", visible_in=30)[0]
    old = sim.account.ids("customers")[0]
    sim.account.update("customers", old, {"name": "Late"}, visible_in=30)
    assert (await get(f"/customers/{made}"))[0] == 404
    assert (await get(f"/customers/{old}"))[1]["name"] != "Late"
    sim.set_clock(advance=31)
    for key in (made, old):
        assert stamp <= (await get(f"/customers/{key}"))[1]["updated_at"] <= stamp + 1
    assert (await get(f"/customers/{old}"))[1]["name"] == "Late"


async def test_a_late_change_of_what_was_removed_meanwhile_changes_nothing(sim: Simulator, get: Get) -> None:
    kept, gone = sim.account.ids("customers")[:2]
    sim.account.update("customers", gone, {"name": "Late"}, visible_in=30)
    sim.account.merge(kept, gone)
    sim.set_clock(advance=31)
    by_stamp = (await get("/customers", updated_after=1, sort="updated_at asc", per_page=100))[1]
    assert sorted(row["id"] for row in by_stamp) == sorted(sim.account.ids("customers"))[:100]


async def test_events_come_a_little_late_and_their_snapshots_later_still(sim: Simulator, get: Get) -> None:
    sim.set_delays(event=5, snapshot=20)
    before = await newest(get)
    sim.account.update("customers", sim.account.ids("customers")[0], {"name": "Once"})
    assert await newest(get) == before
    sim.set_clock(advance=6)
    bare = await newest(get)
    assert bare["type"] == "customer.updated"
    assert bare["data"]["object"] == {}
    sim.set_clock(advance=21)
    assert (await newest(get))["data"]["object"]["name"] == "Once"


async def test_history_does_not_change_when_its_object_does(sim: Simulator, get: Get) -> None:
    _, rows = await get("/events", **{"filter[type]": "customer.created"})
    key = rows[0]["data"]["object"]["id"]
    sim.account.update("customers", key, {"name": "Somebody else"})
    assert (await get(f"/events/{rows[0]['id']}"))[1] == rows[0]


async def test_raw_rows_are_served_byte_for_byte(sim: Simulator) -> None:
    texts = ['{"id":1,"updated_at":5,"total":1e400}', '{"id":2,"updated_at":5,"number":"a\\u0000b"}',
             '{"id":3,"updated_at":12345678901234567890,"x":"\\ud800"}']
    for text in texts:
        sim.account.raw("invoices", text)
    sim.account.raw("invoices", b'{"id":4,"name":"\xff\xfe"}', key=4)
    sim.account.raw("invoices", texts[0])
    headers = {"Authorization": aiohttp.encode_basic_auth(sim.api_key, "")}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(
            sim.url + "/invoices?per_page=5") as answer:
        body = await answer.read()
    parts = [texts[0], texts[0], texts[1], texts[2]]
    assert body == b"[" + b",".join(text.encode() for text in parts) + b',{"id":4,"name":"\xff\xfe"}]'


async def test_new_rows_go_where_they_are_told(sim: Simulator, get: Get) -> None:
    customer = sim.account.ids("customers")[4]
    made = sim.account.create("contacts", count=3, parent=customer, fields={"name": "New"})
    _, rows = await get(f"/customers/{customer}/contacts")
    assert [row["id"] for row in rows if row["name"] == "New"] == made
    invoice = sim.account.create("invoices", parent=customer, updated_at=1_600_000_000)[0]
    shown = sim.account.retrieve("invoices", invoice)
    assert (shown["customer"], shown["updated_at"]) == (customer, 1_600_000_000)
    sources = sim.account.create("payment_sources", count=2, parent=customer)
    assert len(sources) == 2
    for resource in sim.account.tables:
        if resource != "events":
            sim.account.create(resource)


async def test_touching_goes_on_while_readers_read(sim: Simulator, get: Get) -> None:
    async def touch() -> None:
        for _ in range(50):
            sim.account.touch(2)
            await asyncio.sleep(0)

    async def read() -> None:
        for page in range(1, 6):
            assert (await get("/invoices", page=page, sort="updated_at asc"))[0] == 200

    await asyncio.gather(touch(), read())
    stamps = [row["updated_at"] for row in (await get("/invoices", sort="updated_at asc", per_page=100))[1]]
    assert stamps == sorted(stamps)
