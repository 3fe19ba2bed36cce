"""The vendor's own SDK, a client that we did not write, reads the simulator."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sync_daemon.simulator import Options, Simulator

invoiced = pytest.importorskip("invoiced")


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(Options(seed=9, objects=1000)).serve() as running:
        yield running


def connect(sim: Simulator, key: str | None = None) -> "invoiced.Client":
    client = invoiced.Client(key or sim.api_key, True)
    client.api_url = sim.url
    return client


async def test_it_pages_through_a_list(sim: Simulator) -> None:
    def read() -> tuple[list[int], int]:
        client, found, page = connect(sim), [], 1
        while True:
            rows, meta = client.Invoice.list(page=page, per_page=60)
            found += [row.id for row in rows]
            if "next" not in meta.links:
                return found, meta.total_count
            page += 1

    found, total = await asyncio.to_thread(read)
    assert found == sim.account.ids("invoices")
    assert total == len(found)


async def test_it_follows_the_links_as_they_are(sim: Simulator) -> None:
    import requests

    def read() -> list[int]:
        found, url = [], f"{sim.url}/customers?per_page=7&filter[active]=1"
        while url:
            answer = requests.get(url, auth=(sim.api_key, ""), timeout=10)
            found += [row["id"] for row in answer.json()]
            url = answer.links.get("next", {}).get("url")
        return found

    active = [row["id"] for row in sim.account.rows("customers") if row["active"]]
    assert await asyncio.to_thread(read) == active


async def test_it_retrieves_objects_and_lists_of_one_customer(sim: Simulator) -> None:
    contact = sim.account.rows("contacts")[0]
    source = sim.account.rows("payment_sources")[0]

    def read() -> None:
        client = connect(sim)
        customer = client.Customer.retrieve(contact["customer"])
        assert customer.name == sim.account.retrieve("customers", contact["customer"])["name"]
        contacts, _ = customer.contacts().list()
        assert contact["id"] in [row.id for row in contacts]
        sources, _ = client.Customer.retrieve(source["customer"]).payment_sources().list(include_hidden=1)
        assert (source["object"], source["id"]) in [(row.object, row.id) for row in sources]
        assert client.Item.retrieve("crate-std-0").name == "Item 0"
        events, _ = client.Event.list(per_page=2)
        assert events[0].id > events[1].id

    await asyncio.to_thread(read)


async def test_every_list_that_the_sdk_knows(sim: Simulator) -> None:
    names = ["Charge", "Coupon", "CreditBalanceAdjustment", "CreditNote", "CustomField", "Customer", "Estimate",
             "Event", "GlAccount", "Invoice", "Item", "LateFeeSchedule", "Member", "Note", "Payment", "Plan", "Refund",
             "Subscription", "Task", "TaxRate"]

    def read() -> dict[str, int]:
        client = connect(sim)
        return {name: len(getattr(client, name).list()[0]) for name in names if hasattr(getattr(client, name), "list")}

    counts = await asyncio.to_thread(read)
    assert len(counts) >= 15
    assert all(counts.values())


async def test_its_errors(sim: Simulator) -> None:
    from invoiced import errors

    def read() -> None:
        with pytest.raises(errors.AuthenticationError):
            connect(sim, "nonsense").Customer.list()
        with pytest.raises(errors.InvalidRequestError) as caught:
            connect(sim).Customer.retrieve(1)
        assert caught.value.status_code == 404
        with pytest.raises(errors.InvalidRequestError):
            connect(sim).Customer.list(nonsense=1)
        sim.limit(slots=0)
        with pytest.raises(errors.RateLimitError):
            connect(sim).Customer.list()

    await asyncio.to_thread(read)
