"""One of our units in a container: configured as by an operator, started and inspected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sync_daemon.simulator import Simulator
from tests.support.comparing import differences
from tests.support.container import Container
from tests.support.program import until


@dataclass(frozen=True, slots=True)
class Service:
    """`account` names the instance of `invoiced-sync@.service`; without it, it is `invoiced-sync.service`."""

    container: Container
    account: str = ""
    name: str = ""
    """Another unit of the same account."""

    @property
    def unit(self) -> str:
        return self.name or (f"invoiced-sync@{self.account}.service" if self.account else "invoiced-sync.service")

    async def configure(self, sim: Simulator, dsn: str, drop_in: str = "RestartSec=200ms", **settings: str) -> None:
        """Writes secrets and settings, and the test's other needs into a drop-in."""
        self.secret("invoiced_api_key", sim.api_key)
        self.secret("database_url", dsn)
        settings = {"INVOICED_BASE_URL": sim.url, "SYNC_WEB_LISTEN": "off", "SYNC_INTERVAL": "1"} | settings
        self.container.write(f"/etc/invoiced-sync/{self.account or 'sync-daemon'}.env",
                             "".join(f"{name}={value}\n" for name, value in settings.items()))
        await self.edit(drop_in)

    def secret(self, name: str, value: str) -> None:
        folder = "/etc/invoiced-sync/credentials"
        self.container.write(f"{folder}/{self.account}/{name}", f"{value}\n", 0o600)
        self.container.path(folder).chmod(0o700)

    async def edit(self, lines: str, section: str = "Service") -> None:
        """Writes a drop-in, as `systemctl edit` does."""
        self.container.write(f"/etc/systemd/system/{self.unit}.d/override.conf", f"[{section}]\n{lines}\n")
        await self.container.do("systemctl", "daemon-reload")

    async def start(self) -> None:
        """Returns when the unit is up, or a oneshot is done."""
        code, said = await self.container.call("systemctl", "start", self.unit)
        assert code == 0, f"{said}\n{await self.text()}"

    async def try_start(self) -> None:
        """Returns when the unit is up or has failed."""
        await self.container.call("systemctl", "start", self.unit)

    async def begin(self) -> None:
        """Returns at once."""
        await self.container.do("systemctl", "start", "--no-block", self.unit)

    async def stop(self) -> None:
        await self.container.do("systemctl", "stop", self.unit)

    async def kill(self, signal: str) -> None:
        await self.container.do("systemctl", "kill", f"--signal={signal}", self.unit)

    async def state(self) -> dict[str, str]:
        return await self.container.show(self.unit)

    async def process(self) -> int:
        return int((await self.state())["MainPID"])

    async def until_active(self, restarts: int = 0) -> None:
        """Waits until the unit is up, after at least so many starts."""
        async def is_active() -> bool:
            state = await self.state()
            assert state["ActiveState"] != "failed", f"{self.unit} has failed"
            return state["ActiveState"] == "active" and int(state["NRestarts"]) >= restarts

        try:
            await until(is_active, f"{self.unit} is active after {restarts} restarts")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{await self.text()}") from None

    async def until_status(self, *words: str) -> str:
        """Waits until the status has all these words, and returns it."""
        async def fits() -> str:
            status = (await self.state())["StatusText"]
            return status if all(word in status for word in words) else ""

        return await until(fits, f"the status says {words}")

    async def until_ended(self) -> dict[str, str]:
        """Waits until the unit is neither up nor starting, and returns its state."""
        async def has_ended() -> dict[str, str]:
            state = await self.state()
            return state if state["ActiveState"] in {"inactive", "failed"} else {}

        return await until(has_ended, f"{self.unit} has ended")

    async def until_said(self, words: str) -> None:
        """Waits until the unit's journal has these words."""
        async def is_said() -> bool:
            return words in await self.text()

        await until(is_said, f"the journal says {words!r}")

    async def entries(self) -> list[dict[str, Any]]:
        """Journal entries of the unit, and of systemd about it."""
        return await self.container.journal(f"--unit={self.unit}")

    async def text(self) -> str:
        return "\n".join(str(entry["MESSAGE"]) for entry in await self.entries())

    async def log(self, event: str = "") -> list[dict[str, Any]]:
        """The fields of the program's own lines; `priority` is the journal's."""
        lines = [json.loads(entry["MESSAGE"]) | {"priority": entry["PRIORITY"]} for entry in await self.entries()
                 if entry["MESSAGE"].startswith("{")]
        return [line for line in lines if not event or line["event"] == event]


async def until_equal(sim: Simulator, dsn: str, since: float, schema: str = "invoiced") -> None:
    """Waits until the mirror is equal to the account, with the events since its beginning."""
    found: dict[str, Any] = {}

    async def is_equal() -> bool:
        found.clear()
        found.update(await differences(sim.url, sim.api_key, dsn, schema=schema, since_event=since))
        return not found

    try:
        await until(is_equal, "mirror and account are equal")
    except AssertionError as error:
        raise AssertionError(f"{error}: {found}") from None


def change(sim: Simulator, notes: str) -> None:
    """Makes a change to be mirrored."""
    sim.account.update("invoices", [row.id for row in sim.account.tables["invoices"].by_id[:3]], {"notes": notes})
