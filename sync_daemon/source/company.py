"""The account of the key: the company that the API names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sync_daemon.errors import Exit, Fatal, Refusal, RetryLater, SyncError
from sync_daemon.model.records import BIGINT
from sync_daemon.model.resources import BY_NAME
from sync_daemon.source.answer import Answer, json_object
from sync_daemon.source.client import Api
from sync_daemon.tuning import AT_START, Patience

SEE_URL: Final = "Check INVOICED_BASE_URL; it must lead to an Invoiced API."


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the key belongs to."""

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
    """A text as Postgres accepts it."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else None


async def at_start(api: Api, *, worked_before: bool = False) -> Account:
    """Asks whose key it is before anything else is done. Raises Fatal.

    If the same settings `worked_before`, an odd answer is a temporary fault of the API or the network; otherwise the
    URL is probably wrong.
    """
    try:
        return await whose_key(api, AT_START)
    except RetryLater as error:
        raise Fatal(f"The API can't be reached: {error}.", exit_code=Exit.TEMPORARY, hint=error.hint or
                    "Check INVOICED_BASE_URL, this machine's network, and a proxy or firewall in between.") from None
    except Refusal as error:
        fatal = Fatal(f"The API does not say whose key this is ({error.status}: {error}).", exit_code=Exit.CONFIG,
                      hint=SEE_URL)
    except Fatal as error:
        fatal = error
    except SyncError as error:  # too large an answer, say
        raise Fatal(f"The API does not say whose key this is ({error}).", exit_code=Exit.TEMPORARY,
                    hint=f"Try again. If it stays: {SEE_URL}") from None
    if worked_before and fatal.exit_code is Exit.CONFIG:
        raise Fatal(str(fatal), exit_code=Exit.TEMPORARY,
                    hint=f"It worked before: try again. If it stays: {fatal.hint}")
    raise fatal
