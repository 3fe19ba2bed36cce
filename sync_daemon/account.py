"""One schema, one account: pinned at the first run, checked at every start and before anything is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from sync_daemon.api import Answer, Api, Patience, json_object
from sync_daemon.errors import Exit, Fatal, Refusal, RetryLater
from sync_daemon.records import BIGINT
from sync_daemon.resources import BY_NAME
from sync_daemon.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """Who the key belongs to."""

    company_id: int
    name: str | None
    time_zone: str | None


async def whose_key(api: Api, patience: Patience | None = None) -> Account:
    """Asks the API. Raises Fatal if the key is refused."""

    def parse(answer: Answer) -> Account:
        company = json_object(answer)
        ident, name, zone = company.get("id"), company.get("name"), company.get("time_zone")
        if not isinstance(ident, int) or isinstance(ident, bool) or ident not in BIGINT:
            raise RetryLater("the company has no id")
        return Account(ident, _plain(name), _plain(zone))

    try:
        return await api.get(BY_NAME["company"].path, parse=parse, patience=patience)
    except Refusal as error:
        raise Fatal(f"The API does not say whose key this is ({error}).", exit_code=Exit.CONFIG,
                    hint="Check INVOICED_BASE_URL; it must lead to an Invoiced API.") from None


def _plain(value: object) -> str | None:
    """A text as Postgres takes it."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else None


async def pin(api: Api, store: Store, origin: str, patience: Patience | None = None) -> Account:
    """Makes sure that this schema is of the account of the key; pins it if it is new. Raises Fatal (78)."""
    try:
        account = await whose_key(api, patience)
    except RetryLater as error:
        raise Fatal(f"The API can't be reached: {error}.", exit_code=Exit.TEMPORARY, hint="Check INVOICED_BASE_URL, "
                    "this machine's network, and a proxy or firewall in between.") from None
    pinned = await store.row("account")
    if pinned is None:
        await store.value("pin_account", account.company_id, account.name, origin, account.time_zone)
        pinned = await store.row("account")
    assert pinned is not None, "it was just written"
    if (pinned["company_id"], pinned["origin"]) != (account.company_id, origin):
        raise Fatal(
            f"The schema {store.queries.schema} mirrors {pinned['company_name'] or 'company'} "
            f"({pinned['company_id']}, {pinned['origin']}); this key is of {account.name or 'company'} "
            f"({account.company_id}, {origin}).", exit_code=Exit.CONFIG,
            hint="Set SYNC_SCHEMA to a schema of its own for this account, or use the other account's key.")
    return account


async def same_account(api: Api, store: Store) -> None:
    """Raises Fatal (78) if the key is of another account than the one pinned."""
    pinned = await store.row("account")
    account = await whose_key(api)
    if pinned is None or pinned["company_id"] != account.company_id:
        raise Fatal(f"The key is of another account ({account.company_id}) by now.", exit_code=Exit.CONFIG,
                    hint="Set INVOICED_API_KEY to a key of the account that this schema mirrors.")
