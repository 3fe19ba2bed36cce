"""One schema, one account: pinned at the first run, checked at every start and before anything is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from sync_daemon.api import Answer, Api, json_object
from sync_daemon.errors import Exit, Fatal, Refusal, RetryLater
from sync_daemon.records import BIGINT
from sync_daemon.resources import BY_NAME
from sync_daemon.store import Store
from sync_daemon.tuning import AT_START, SOON, Patience


@dataclass(frozen=True, slots=True)
class Account:
    """Who the key belongs to."""

    company_id: int
    name: str | None
    time_zone: str | None


async def whose_key(api: Api, patience: Patience | None = None) -> Account:
    """Asks the API. Raises Fatal if the key is refused, Refusal or RetryLater if the API doesn't say."""

    def parse(answer: Answer) -> Account:
        company = json_object(answer)
        ident, name, zone = company.get("id"), company.get("name"), company.get("time_zone")
        if not isinstance(ident, int) or isinstance(ident, bool) or ident not in BIGINT:
            raise RetryLater("the company has no id")
        return Account(ident, _plain(name), _plain(zone))

    return await api.get(BY_NAME["company"].path, parse=parse, patience=patience)


def _plain(value: object) -> str | None:
    """A text as Postgres takes it."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else None


async def at_start(api: Api, *, worked_before: bool = False) -> Account:
    """Asks who the key belongs to before anything else is done. Raises Fatal.

    Where the same settings `worked_before`, an odd answer is the API's or the line's trouble and goes away by itself;
    else it tells of a wrong URL.
    """
    try:
        return await whose_key(api, AT_START)
    except RetryLater as error:
        raise Fatal(f"The API can't be reached: {error}.", exit_code=Exit.TEMPORARY, hint=error.hint or
                    "Check INVOICED_BASE_URL, this machine's network, and a proxy or firewall in between.") from None
    except Refusal as error:
        fatal = Fatal(f"The API does not say whose key this is ({error.status}: {error}).", exit_code=Exit.CONFIG,
                      hint="Check INVOICED_BASE_URL; it must lead to an Invoiced API.")
    except Fatal as error:
        fatal = error
    if worked_before and fatal.exit_code is Exit.CONFIG:
        raise Fatal(str(fatal), exit_code=Exit.TEMPORARY,
                    hint=f"It worked before: try again. If it stays: {fatal.hint}")
    raise fatal


async def pin(api: Api, store: Store, origin: str, known: Account | None = None) -> Account:
    """Makes sure that this schema is of the account of the key, which is asked for unless it is `known`; pins it if it
    is new. Raises Fatal (78).
    """
    pinned = await store.row("account")
    account = known or await at_start(api, worked_before=pinned is not None and pinned["origin"] == origin)
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


async def same_account(api: Api, store: Store) -> bool:
    """Whether the API says that the key is of the account pinned; False if it says nothing now.

    Raises Fatal if it is of another: no row may be touched then. Whether that stands is seen at the next start.
    """
    pinned = await store.row("account")
    try:
        account = await whose_key(api, SOON)
    except (RetryLater, Refusal):
        return False
    if pinned is None or pinned["company_id"] != account.company_id:
        raise Fatal(f"The API answers for another account ({account.company_id}) by now.", exit_code=Exit.TEMPORARY,
                    hint="Start again: if the key is of another account, that is said then. Set INVOICED_API_KEY to a "
                         "key of the account that this schema mirrors.")
    return True
