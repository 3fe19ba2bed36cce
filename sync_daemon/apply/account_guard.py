"""One account per schema: pinned at the first run, checked at every start and before every deletion."""

from __future__ import annotations

from sync_daemon.errors import Exit, Fatal, Refusal, RetryLater
from sync_daemon.postgres.store import Store
from sync_daemon.source.client import Api
from sync_daemon.source.company import Account, at_start, whose_key
from sync_daemon.tuning import SOON


async def pin(api: Api, store: Store, origin: str, known: Account | None = None) -> Account:
    """Ensures that this schema belongs to the key's account, which is asked for unless `known`; pins a new schema.
    Raises Fatal (78).
    """
    pinned = await store.state.account()
    account = known or await at_start(api, worked_before=pinned is not None and pinned["origin"] == origin)
    if pinned is None:
        await store.state.pin_account(account.company_id, account.name, origin, account.time_zone)
        pinned = await store.state.account()
    assert pinned is not None, "it was just written"
    if (pinned["company_id"], pinned["origin"]) != (account.company_id, origin):
        raise Fatal(
            f"The schema {store.queries.schema} mirrors {pinned['company_name'] or 'company'} "
            f"({pinned['company_id']}, {pinned['origin']}); this key is of {account.name or 'company'} "
            f"({account.company_id}, {origin}).", exit_code=Exit.CONFIG,
            hint="Set SYNC_SCHEMA to a schema of its own for this account, or use the other account's key.")
    return account


async def same_account(api: Api, store: Store) -> bool:
    """Whether the API confirms that the key is of the pinned account; False if it does not answer now.

    Raises Fatal if it is of another: no row may be touched then. The next start checks again.
    """
    pinned = await store.state.account()
    try:
        account = await whose_key(api, SOON)
    except (RetryLater, Refusal):
        return False
    if pinned is None or pinned["company_id"] != account.company_id:
        raise Fatal(f"The API answers for another account ({account.company_id}) now.", exit_code=Exit.TEMPORARY,
                    hint="Start again: if the key is of another account, the start says so. Set INVOICED_API_KEY to "
                         "a key of the account that this schema mirrors.")
    return True
