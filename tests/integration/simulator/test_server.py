"""The server in front of the account: keys, errors, the limit on requests in flight, faults, holds, control path."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from sync_daemon.simulator import Options, Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(Options(seed=5, objects=800, event_delay=0)).serve() as running:
        yield running


@pytest.fixture
async def session(sim: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": aiohttp.encode_basic_auth(sim.api_key, "")}
    async with aiohttp.ClientSession(sim.url, headers=headers, connector=aiohttp.TCPConnector(limit=0)) as open_session:
        yield open_session


async def ask(session: aiohttp.ClientSession, path: str, **kwargs: Any) -> tuple[int, Any]:
    async with session.get(path, **kwargs) as answer:
        return answer.status, json.loads(await answer.read())


async def twice(session: aiohttp.ClientSession, path: str) -> None:
    await ask(session, path)
    await ask(session, path)


async def steer(session: aiohttp.ClientSession, name: str, **body: Any) -> Any:
    async with session.post(f"/_control/{name}", json=body) as answer:
        told = await answer.json()
        assert answer.status == 200, told
        return told["result"]


# -- keys and errors


async def test_keys(sim: Simulator, session: aiohttp.ClientSession) -> None:
    assert sim.api_key.startswith("sim_")
    async with aiohttp.ClientSession(sim.url) as stranger:
        status, body = await ask(stranger, "/customers")
        assert (status, body["type"]) == (401, "invalid_request")
        for user, password, wanted in (("wrong", "", 401), (sim.api_key, "x", 401),
                                       (sim.account.company["username"], sim.api_key, 200)):
            headers = {"Authorization": aiohttp.encode_basic_auth(user, password)}
            assert (await ask(stranger, "/customers", headers=headers))[0] == wanted
    sim.revoke_key()
    assert (await ask(session, "/customers"))[0] == 401
    old = sim.api_key
    assert await steer(session, "rotate_key") == sim.api_key != old
    assert (await ask(session, "/customers"))[0] == 401


async def test_errors_of_the_api(sim: Simulator, session: aiohttp.ClientSession) -> None:
    assert await ask(session, "/nothing") == (
        404, {"type": "invalid_request", "message": "Request was not recognized: GET /nothing"})
    async with session.post("/customers", json={}) as answer:
        assert answer.status == 405
    assert sim.stats.writes == 1
    assert (await ask(session, "/customers", headers={"Idempotency-Key": "abcdef"}))[0] == 400
    sim.close_account()
    assert (await ask(session, "/customers"))[0] == 402


async def test_features_and_permissions(sim: Simulator, session: aiohttp.ClientSession) -> None:
    await steer(session, "features", disable=["subscription_billing"])
    await steer(session, "forbid", resources=["tasks"])
    status, body = await ask(session, "/plans")
    assert status == 400
    assert "does not have access to this feature" in body["message"]
    assert (await ask(session, "/tasks"))[0] == 403
    await steer(session, "features", enable=["subscription_billing"])
    await steer(session, "forbid", resources=[])
    assert (await ask(session, "/plans"))[0] == (await ask(session, "/tasks"))[0] == 200


async def test_headers_of_every_answer(sim: Simulator, session: aiohttp.ClientSession) -> None:
    sim.set_clock(offset=3600, date_offset=-10)
    async with session.get("/customers") as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-cache, no-store"
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Invoiced"'
        date = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(date - (sim.clock.now() - 10)) < 2
    sim.account.touch(1, "customers")
    assert max(r["updated_at"] for r in sim.account.rows("customers")) == pytest.approx(sim.clock.now(), abs=2)


async def test_curl_gets_it_pretty(session: aiohttp.ClientSession) -> None:
    async with session.get("/customers?per_page=1", headers={"User-Agent": "curl/8.0"}) as answer:
        pretty = await answer.text()
    assert pretty.startswith("[\n    {\n")
    assert "\\/" not in pretty
    assert json.loads(pretty) == (await ask(session, "/customers?per_page=1"))[1]


async def test_another_account_behind_the_same_key(sim: Simulator, session: aiohttp.ClientSession) -> None:
    _, before = await ask(session, "/companies/current")
    await steer(session, "swap_account")
    _, after = await ask(session, "/companies/current")
    assert before["id"] != after["id"] == sim.account.world.company_id


# -- the limit on requests in flight


async def test_the_twenty_first_request_in_flight_gets_a_429(sim: Simulator, session: aiohttp.ClientSession) -> None:
    sim.faults.hold("/notes", count=20)
    waiting = [asyncio.create_task(ask(session, "/notes")) for _ in range(20)]
    await sim.faults.until_held(20)
    status, body = await ask(session, "/customers")
    assert (status, body["type"]) == (429, "rate_limit_error")
    assert (await ask(session, "/_control/held"))[1] == {"held": 20}
    assert await steer(session, "release") == 20
    assert {status for status, _ in await asyncio.gather(*waiting)} == {200}
    assert (await ask(session, "/customers"))[0] == 200
    assert (sim.stats.rate_limited, sim.stats.max_in_flight) == (1, 21)


async def test_a_client_that_hangs_up_keeps_its_slot_for_a_minute(sim: Simulator,
                                                                  session: aiohttp.ClientSession) -> None:
    sim.limit(slots=1)
    sim.faults.add("hang", "/notes", seconds=30, count=1)
    with pytest.raises(TimeoutError):
        await ask(session, "/notes", timeout=aiohttp.ClientTimeout(total=0.1))
    await asyncio.sleep(0.05)
    assert (await ask(session, "/customers"))[0] == 429
    sim.set_clock(advance=61)
    assert (await ask(session, "/customers"))[0] == 200


# -- faults and holds


@pytest.mark.parametrize(("fault", "status"), [
    ({"kind": "status", "status": 500}, 500), ({"kind": "status", "status": 429}, 429),
    ({"kind": "retry_after", "seconds": 7}, 429), ({"kind": "slow", "seconds": 0.01}, 200)])
async def test_faults_that_answer(session: aiohttp.ClientSession, fault: dict[str, Any], status: int) -> None:
    await steer(session, "faults", rules=[{**fault, "match": {"path": "^/cust"}, "count": 1}])
    async with session.get("/customers") as answer:
        assert answer.status == status
        assert answer.headers.get("Retry-After") == ("7" if fault["kind"] == "retry_after" else None)
    assert (await ask(session, "/customers"))[0] == 200


async def test_faults_that_break_the_answer(sim: Simulator, session: aiohttp.ClientSession) -> None:
    for kind in ("reset", "cut_body"):
        sim.faults.set([{"kind": kind, "match": "/notes", "count": 2}])
        # A GET whose kept connection was reset is repeated by the client itself.
        with pytest.raises(aiohttp.ClientError):
            await twice(session, "/notes")
    sim.faults.set([{"kind": "bad_json"}])
    with pytest.raises(ValueError):
        await ask(session, "/notes")
    sim.faults.set([{"kind": "not_a_list"}])
    assert isinstance((await ask(session, "/notes"))[1], dict)
    sim.faults.set([{"kind": "html_200"}])
    async with session.get("/notes") as answer:
        assert answer.status == 200
        assert "<html>" in await answer.text()
    sim.faults.clear()
    assert (await ask(session, "/notes"))[0] == 200


async def test_faults_of_headers_and_parameters(sim: Simulator, session: aiohttp.ClientSession) -> None:
    sim.faults.set([{"kind": "wrong_total", "total": 3, "count": 1}, {"kind": "no_total", "skip": 1, "count": 1},
                    {"kind": "no_date", "skip": 2, "count": 1}])
    seen = []
    for _ in range(3):
        async with session.get("/notes?per_page=1") as answer:
            seen.append((answer.headers.get("X-Total-Count"), "Date" in answer.headers, len(await answer.json())))
    total = str(sim.account.count("notes"))
    assert seen == [("3", True, 1), (None, True, 1), (total, False, 1)]
    sim.faults.set([{"kind": "ignore_param", "name": "updated_after", "match": {"query": "updated_after"}}])
    assert (await ask(session, "/notes?updated_after=9999999999"))[1]


async def test_a_held_answer_is_older_than_what_happens_meanwhile(sim: Simulator,
                                                                  session: aiohttp.ClientSession) -> None:
    key = sim.account.ids("notes")[0]
    old = sim.account.retrieve("notes", key)["notes"]
    sim.faults.hold({"path": f"/notes/{key}"})
    late = asyncio.create_task(ask(session, f"/notes/{key}"))
    await sim.faults.until_held()
    sim.account.update("notes", key, {"notes": "newer"})
    assert (await ask(session, f"/notes/{key}"))[1]["notes"] == "newer"
    sim.faults.release()
    assert (await late)[1]["notes"] == old


# -- the control path


async def test_the_control_path_does_what_the_methods_do(sim: Simulator, session: aiohttp.ClientSession) -> None:
    made = await steer(session, "create", resource="customers", count=2, fields={"name": "A"})
    await steer(session, "update", resource="customers", ids=made, fields={"name": "B"})
    assert [sim.account.retrieve("customers", key)["name"] for key in made] == ["B", "B"]
    await steer(session, "delete", resource="customers", id=made[0])
    assert (await ask(session, f"/customers/{made[0]}"))[0] == 404
    assert len(await steer(session, "import", resource="invoices", count=5, same_second=True)) == 5
    assert len(await steer(session, "touch", count=3)) == 3
    assert await steer(session, "raw", resource="notes", text='{"id":1,"x":1e400}') == 1
    async with session.post("/_control/batch", json={"operations": [["touch", {"count": 1}], ["flush", {}]]}) as answer:
        assert answer.status == 200
    for name, body in (("nonsense", {}), ("update", {"resource": "invoices", "id": 1, "fields": {}}),
                       ("create", {"resource": "invoices", "colour": "red"}), ("faults", {"rules": [{"kind": "x"}]})):
        async with session.post(f"/_control/{name}", json=body) as answer:
            assert answer.status == 400
            assert "error" in await answer.json()


async def test_stats_and_log(sim: Simulator, session: aiohttp.ClientSession) -> None:
    await ask(session, "/customers?per_page=1")
    await ask(session, "/customers/1")
    _, stats = await ask(session, "/_control/stats")
    assert stats["requests"] == 2
    assert stats["by_path"] == {"/customers": 1, "/customers/:id": 1}
    assert stats["by_status"] == {"200": 1, "404": 1}
    _, log = await ask(session, "/_control/log?last=1")
    assert (log[0]["method"], log[0]["path"], log[0]["authorized"]) == ("GET", "/customers/1", True)
    assert "sim_" not in json.dumps(log)
    await steer(session, "reset_stats")
    assert (await ask(session, "/_control/stats"))[1]["requests"] == 0


async def test_it_runs_as_a_program() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sync_daemon.simulator", "--port", "0", "--objects", "500", "--seed", "7",
        stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    told = json.loads(await program.stdout.readline())
    async with aiohttp.ClientSession(headers={
            "Authorization": aiohttp.encode_basic_auth(told["api_key"], "")}) as session:
        assert (await ask(session, told["url"] + "/customers"))[0] == 200
    program.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(program.wait(), 10) == 0
