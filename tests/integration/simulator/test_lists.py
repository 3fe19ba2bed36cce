"""The simulator's lists follow the API's rules: paging, cursors, filters, order, shapes. Real sockets."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from sync_daemon.simulator import Options, Simulator

NOW = 1_760_000_000


@dataclass
class Client:
    sim: Simulator
    session: aiohttp.ClientSession

    async def get(self, path: str, /, **params: Any) -> tuple[int, Any, Mapping[str, str]]:
        headers = {"Authorization": aiohttp.encode_basic_auth(self.sim.api_key, "")}
        asked = {name: str(value) for name, value in params.items()}
        async with self.session.get(self.sim.url + path, params=asked, headers=headers) as answer:
            return answer.status, json.loads(await answer.read()), answer.headers

    async def rows(self, path: str, /, **params: Any) -> list[dict[str, Any]]:
        status, body, _ = await self.get(path, **params)
        assert status == 200, body
        return body

    async def every(self, path: str, /, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in range(1, 1000):
            rows = await self.rows(path, page=page, **params)
            found += rows
            if len(rows) < params.get("per_page", 100):
                return found
        raise AssertionError("no end")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    options = Options(seed=7, objects=2000, now=NOW, sizes={"items": 40}, dense={"invoices": (150,)}, odd=6,
                      event_delay=0)
    async with Simulator(options).serve() as sim, aiohttp.ClientSession() as session:
        yield Client(sim, session)


def rels(link: str) -> dict[str, str]:
    parts = [part.split("; ") for part in link.split(", ")]
    return {rel.removeprefix('rel="').rstrip('"'): url.strip("<>") for url, rel in parts}


# -- pages


async def test_a_page_is_a_bare_array_with_count_and_links(client: Client) -> None:
    status, rows, headers = await client.get("/invoices", per_page=30, page=2)
    assert status == 200
    assert len(rows) == 30
    assert headers["X-Total-Count"] == "500"
    links = rels(headers["Link"])
    assert set(links) == {"self", "first", "previous", "next", "last"}
    assert "page=3" in links["next"]
    assert "page=17" in links["last"]
    _, rows, headers = await client.get("/invoices", per_page=30, page=17)
    assert len(rows) == 20
    assert "next" not in rels(headers["Link"])
    assert await client.rows("/invoices", page=99) == []


async def test_page_sizes_are_clamped_silently(client: Client) -> None:
    for asked, got in ((1000, 100), (0, 100), (-5, 1), (7, 7)):
        assert len(await client.rows("/invoices", per_page=asked)) == got


async def test_the_count_of_later_pages_is_five_minutes_old(client: Client) -> None:
    await client.get("/notes", per_page=10)
    client.sim.account.create("notes", count=5)
    _, _, headers = await client.get("/notes", per_page=10, page=2)
    assert headers["X-Total-Count"] == "60"
    client.sim.set_clock(advance=301)
    _, _, headers = await client.get("/notes", per_page=10, page=2)
    assert headers["X-Total-Count"] == "65"


async def test_paginate_none_sends_no_count_and_stores_no_cursor(client: Client) -> None:
    _, rows, headers = await client.get("/notes", paginate="none", per_page=10)
    assert len(rows) == 10
    assert "Link" not in headers
    assert "X-Total-Count" not in headers
    assert not client.sim.memory.cursors


async def test_the_cursor_survives_deletes_and_the_fallback_skips_rows(client: Client) -> None:
    first = await client.rows("/notes", per_page=10)
    client.sim.account.delete("notes", first[0]["id"], silent=True)
    second = await client.rows("/notes", per_page=10, page=2)
    client.sim.forget()
    fallback = await client.rows("/notes", per_page=10, page=2)
    assert second[1] == fallback[0]  # one row lost, silently


async def test_a_cursor_is_shared_by_all_readers_of_the_same_filters(client: Client) -> None:
    await client.rows("/notes", per_page=10)
    await client.rows("/notes", per_page=10, sort="id desc")
    moved = await client.rows("/notes", per_page=10, page=2)
    private = await client.rows("/notes", per_page=10, page=2, updated_after=1)
    assert moved[0]["id"] > private[0]["id"]


async def test_deep_pages_need_their_predecessors_unless_another_sort_is_asked() -> None:
    async with (Simulator(Options(objects=500, sizes={"payments": 10_300})).serve() as sim,
                aiohttp.ClientSession() as session):
        client = Client(sim, session)
        status, body, _ = await client.get("/payments", page=101)
        assert (status, body["message"]) == (
            400, "You must retrieve all preceding page numbers before retrieving this page.")
        assert len(await client.every("/payments")) == 10_300
        sim.forget()
        assert len(await client.rows("/payments", page=101, sort="updated_at asc")) == 100


# -- order


async def test_builder_lists_break_ties_by_id(client: Client) -> None:
    rows = await client.every("/invoices", sort="updated_at asc")
    assert rows == sorted(rows, key=lambda r: (r["updated_at"] is not None, r["updated_at"] or 0, r["id"]))
    assert rows[0]["updated_at"] is None
    assert len(rows) == 500


async def test_a_dense_second_is_in_the_history(client: Client) -> None:
    rows = client.sim.account.rows("invoices")
    stamps = [row["updated_at"] for row in rows]
    assert max(stamps.count(stamp) for stamp in set(stamps)) >= 150


async def test_lone_and_unknown_sort_columns(client: Client) -> None:
    plain = await client.rows("/invoices", per_page=5)
    assert await client.rows("/invoices", per_page=5, sort="updated_at") == plain
    assert await client.rows("/invoices", per_page=5, sort="nonsense desc") == plain
    status, body, _ = await client.get("/contacts_of_nobody")
    assert status == 404
    status, body, _ = await client.get("/tasks", sort="nonsense desc")
    assert (status, body["type"]) == (500, "api_error")


async def test_only_the_key_ascending_uses_cursors_on_builder_lists(client: Client) -> None:
    for sort in ("id desc", "updated_at asc", "name asc"):
        await client.rows("/customers", sort=sort)
    assert not client.sim.memory.cursors
    await client.rows("/customers", sort="id asc")
    assert len(client.sim.memory.cursors) == 1


async def test_newest_first_on_builder_lists_and_events(client: Client) -> None:
    newest = await client.rows("/invoices", sort="id desc", per_page=3)
    assert newest[0]["id"] == max(client.sim.account.ids("invoices"))
    events = await client.rows("/events", per_page=3)
    assert events[0]["id"] == max(client.sim.account.ids("events"))
    assert (await client.rows("/events", per_page=1, sort="id asc"))[0]["id"] == min(client.sim.account.ids("events"))


# -- filters


async def test_updated_after_and_before_are_strict(client: Client) -> None:
    rows = [r for r in client.sim.account.rows("payments") if r["updated_at"] is not None]
    bound = sorted(row["updated_at"] for row in rows)[200]
    after = await client.every("/payments", updated_after=bound)
    assert {r["id"] for r in after} == {r["id"] for r in rows if r["updated_at"] > bound}
    both = await client.rows("/payments", updated_after=bound - 1, updated_before=bound + 1)
    assert {r["id"] for r in both} == {r["id"] for r in rows if r["updated_at"] == bound}
    assert len(await client.every("/payments", updated_after=0)) == client.sim.account.count("payments")


async def test_rows_without_a_stamp_never_show_under_a_bound(client: Client) -> None:
    odd = [r["id"] for r in client.sim.account.rows("customers") if r["updated_at"] is None]
    shown = {row["id"] for row in await client.every("/customers", updated_before=NOW * 2)}
    assert len(odd) == 2
    assert not shown & set(odd)


@pytest.mark.parametrize(("path", "status"), [("/charges", 400), ("/refunds", 400), ("/payment_links", 400),
                                              ("/items", 200), ("/tasks", 200), ("/events", 200), ("/notes", 200)])
async def test_where_updated_after_is_refused_ignored_or_obeyed(client: Client, path: str, status: int) -> None:
    got, body, _ = await client.get(path, updated_after=NOW * 2)
    assert got == status
    if path == "/charges":
        assert body["param"] == "query"
    elif status == 200:
        assert (body == []) is (path == "/notes")


async def test_strict_lists_refuse_unknown_parameters_and_others_do_not(client: Client) -> None:
    assert (await client.get("/customers", foo=1))[0] == 400
    assert (await client.get("/customers", start_date=1))[0] == 400
    assert (await client.get("/invoices", foo=1))[0] == 200


async def test_date_ranges_are_inclusive(client: Client) -> None:
    day = client.sim.account.rows("invoices")[200]["date"]
    rows = await client.every("/invoices", start_date=day, end_date=day)
    assert rows
    assert all(row["date"] == day for row in rows)
    events = client.sim.account.rows("events")
    moment = events[100]["timestamp"]
    shown = await client.every("/events", start_date=moment, sort="id asc")
    assert [e["id"] for e in shown] == [e["id"] for e in events if e["timestamp"] >= moment]


async def test_filters_match_whitelisted_fields_only(client: Client) -> None:
    someone = client.sim.account.rows("invoices")[50]["customer"]
    rows = await client.rows("/invoices", **{"filter[customer]": someone})
    assert rows
    assert {row["customer"] for row in rows} == {someone}
    assert all(row["paid"] for row in await client.rows("/invoices", **{"filter[paid]": "1"}))
    assert (await client.get("/invoices", **{"filter[nonsense]": 1}))[0] == 400
    assert (await client.get("/events", **{"filter[id]": 1}))[0] == 400
    tagged = await client.rows("/invoices", **{"metadata[po_batch]": "7"})
    assert all(row["metadata"]["po_batch"] == "7" for row in tagged)


def keyset(last: int) -> str:
    return json.dumps([{"field": "id", "operator": ">", "value": last}])


async def test_the_keyset_filter_reads_a_list_without_page_numbers(client: Client) -> None:
    found: list[int] = []
    while rows := await client.rows("/invoices", paginate="none", advanced_filter=keyset(found[-1] if found else 0)):
        found += [row["id"] for row in rows]
    assert found == client.sim.account.ids("invoices")
    for path in ("/estimates", "/events", "/members"):
        assert (await client.get(path, advanced_filter=keyset(5)))[0] == 400


async def test_advanced_filter_takes_naive_local_times(client: Client) -> None:
    rows = list(client.sim.account.rows("charges"))
    moment = 1_700_000_000  # 2023-11-14 22:13:20 UTC, 16:13:20 in Chicago
    text = json.dumps([{"field": "updated_at", "operator": ">=", "value": "2023-11-14 16:13:20"}])
    shown = await client.every("/charges", advanced_filter=text)
    assert {r["id"] for r in shown} == {r["id"] for r in rows if r["updated_at"] >= moment}


# -- hidden rows and shapes


async def test_ended_subscriptions_hide(client: Client) -> None:
    default, canceled, finished, every = [
        {row["id"] for row in await client.every("/subscriptions", **params)}
        for params in ({}, {"canceled": 1}, {"finished": 1}, {"all": 1})]
    assert canceled
    assert finished
    assert default | canceled | finished == every == set(client.sim.account.ids("subscriptions"))
    assert len(default) + len(canceled) + len(finished) == len(every)


async def test_archived_rows_come_alone_and_share_string_ids(client: Client) -> None:
    active = await client.rows("/items", include="internal_id,archived")
    archived = await client.rows("/items", archived=1, include="internal_id,archived")
    assert not any(r["archived"] for r in active)
    assert all(r["archived"] for r in archived)
    assert {r["id"] for r in archived} & {r["id"] for r in active}
    assert "internal_id" not in (await client.rows("/items"))[0]
    assert len(active) + len(archived) == 40
    shared = next(r for r in archived if r["id"] in {a["id"] for a in active})
    name = shared["id"].replace("/", "%2F")
    async with client.session.get(f"{client.sim.url}/items/{name}?include=archived", headers={
            "Authorization": aiohttp.encode_basic_auth(client.sim.api_key, "")}) as answer:
        assert (await answer.json())["archived"] is False


async def test_lists_of_one_parent(client: Client) -> None:
    account = client.sim.account
    contact = account.rows("contacts")[3]
    rows = await client.rows(f"/customers/{contact['customer']}/contacts")
    assert contact["id"] in {row["id"] for row in rows}
    assert await client.rows("/customers/1/contacts") == []
    assert (await client.get("/customers/1/payment_sources"))[0] == 404
    assert (await client.get("/customers/1/line_items"))[0] == 404
    status, one, _ = await client.get(f"/customers/{contact['customer']}/contacts/{contact['id']}")
    assert status == 200
    assert one["id"] == contact["id"]


async def test_payment_sources_are_not_paginated_and_hide_removed_ones(client: Client) -> None:
    source = next(row for row in client.sim.account.rows("payment_sources") if row["chargeable"])
    path = f"/customers/{source['customer']}/payment_sources"
    assert await client.rows(path) == await client.rows(path, page=9)
    client.sim.account.delete("payment_sources", f"{source['object']}:{source['id']}")
    key = (source["object"], source["id"])
    assert key not in {(r["object"], r["id"]) for r in await client.rows(path)}
    assert key in {(r["object"], r["id"]) for r in await client.rows(path, include_hidden=1)}


async def test_a_payment_plan_is_one_object_or_a_400(client: Client) -> None:
    rows = client.sim.account.rows("invoices")
    planned = next(row for row in rows if row["payment_plan"])
    bare = next(row for row in rows if not row["payment_plan"])
    status, plan, _ = await client.get(f"/invoices/{planned['id']}/payment_plan")
    assert (status, plan["id"]) == (200, planned["payment_plan"])
    assert (await client.get(f"/invoices/{bare['id']}/payment_plan"))[0] == 400


async def test_retrieve_has_another_shape_than_the_list(client: Client) -> None:
    row = next(row for row in client.sim.account.rows("invoices") if "rush" in row["metadata"])
    _, one, _ = await client.get(f"/invoices/{row['id']}")
    assert row["metadata"]["rush"] in ("0", "1")
    assert one["metadata"]["rush"] in (True, False)
    payment = client.sim.account.ids("payments")[0]
    assert "applied_to" not in (await client.get(f"/payments/{payment}"))[1]
    assert (await client.get(f"/payments/{payment}", include="applied_to"))[1]["applied_to"]


async def test_include_exclude_expand(client: Client) -> None:
    row = (await client.rows("/invoices", per_page=1, expand="customer", exclude="items,rates",
                             include="voided,odd"))[0]
    assert row["customer"]["object"] == "customer"
    assert row["odd"] is None
    assert row["voided"] is False
    assert not {"items", "discounts", "taxes"} & set(row)


@pytest.mark.parametrize("resource", ["customers", "invoices", "payments", "items", "notes", "subscriptions", "events"])
async def test_the_dump_is_what_the_canonical_query_serves(client: Client, resource: str) -> None:
    client.sim.account.touch(20)
    canonical: dict[str, list[dict[str, Any]]] = {
        "invoices": [{"include": "voided,date_voided,date_paid,date_bad_debt,amount_paid,amount_credited,"
                                 "amount_written_off,expected_payment_date"}],
        "payments": [{"include": "applied_to,date_voided"}], "subscriptions": [{"all": 1}],
        "events": [{"sort": "id asc"}],
        "items": [{"include": "internal_id,archived"}, {"include": "internal_id,archived", "archived": 1}]}
    served = [row for params in canonical.get(resource, [{}]) for row in await client.every(f"/{resource}", **params)]
    async with client.session.get(f"{client.sim.url}/_control/dump?resource={resource}") as answer:
        truth = json.loads(await answer.read())
    key = "internal_id" if resource == "items" else "id"
    assert sorted(served, key=lambda row: row[key]) == truth


async def test_json_is_written_as_php_does(client: Client) -> None:
    client.sim.account.update("notes", client.sim.account.ids("notes")[0], {"notes": "a/b é"})
    async with client.session.get(client.sim.url + "/notes?per_page=1", headers={
            "Authorization": aiohttp.encode_basic_auth(client.sim.api_key, "")}) as answer:
        text = await answer.text()
    assert '"notes":"a\\/b \\u00e9"' in text
    keys = list(json.loads(text)[0])
    assert keys == sorted(keys)
    plan = client.sim.account.ids("plans")[1]
    client.sim.account.update("plans", plan, {"amount": 0.00001, "interval_count": 3.0})
    async with client.session.get(client.sim.url + "/plans", headers={
            "Authorization": aiohttp.encode_basic_auth(client.sim.api_key, "")}) as answer:
        text = await answer.text()
    assert '"amount":1.0e-5' in text
    assert '"interval_count":3,' in text


async def test_the_same_seed_gives_the_same_account() -> None:
    options = Options(seed=11, objects=1000, now=NOW)
    one, two = Simulator(options), Simulator(options)
    for resource in one.account.tables:
        assert b"".join(one.account.dump(resource)) == b"".join(two.account.dump(resource))
    other = Simulator(Options(seed=12, objects=1000, now=NOW))
    assert other.account.rows("invoices") != one.account.rows("invoices")
