"""Errors, sorted by what the caller must do.

    SyncError
    ├── RetryLater      the other side is down or busy, or its answer is malformed: ask again after `wait` seconds
    ├── Refusal         the API itself refuses this request: ask another way, or not at all
    ├── Disorder        a list broke an assumption of the way it is read: read it another way
    ├── TooLarge        an answer is larger than any the API gives: this list can't be read
    ├── RejectRecord    one record can't be stored: set it aside, go on with the others
    ├── Unavailable     this account may not read this resource: name it, go on with the others
    └── Fatal           a person must act: say `hint`, end with `exit_code`

    Stopped             not an error: a person or the service manager asked us to end

Raise them where the fault is detected; only `cli` and `runtime` turn them into a log line or an exit code.
"""

from __future__ import annotations

import os
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the process. 75, 77 and 78 are the sysexits codes that service managers know."""

    OK = 0
    BUG = 1
    USAGE = 2
    PARTLY = 3
    TEMPORARY = 75
    REFUSED = 77
    CONFIG = 78


_BRIEF = {Exit.TEMPORARY: "something is unreachable", Exit.REFUSED: "the API key is refused, or the account is closed",
          Exit.CONFIG: "something is configured wrongly"}


class SyncError(Exception):
    """Base of all expected failures; `str(error)` is one clear sentence without secrets.

    `brief` is the same without the server's words and without ids, for pages that others may see. `hint` says what to
    do, if waiting is not enough. `told` is true once it is logged.
    """

    told = False
    hint = ""
    lines = False
    """Whether the message has several lines, all in our own words: a list of settings, the end of a log."""

    def __init__(self, message: str, *, brief: str = "the log says why") -> None:
        super().__init__(message)
        self.brief = brief


class RetryLater(SyncError):
    """The other side can't answer now, or its answer is not the API's.

    `wait` is the number of seconds that it asked for, if it did. `pace` is true when the answer was "too many
    requests": that never fails a run, it only slows it down. `stands` is the error to raise if it lasts for minutes.
    `tries` limits the attempts, where the usual patience does not.
    """

    def __init__(self, message: str, *, wait: float | None = None, pace: bool = False, brief: str = "no good answer",
                 hint: str = "", stands: Fatal | None = None, tries: int | None = None) -> None:
        super().__init__(message, brief=brief)
        self.wait = wait
        self.pace = pace
        self.hint = hint
        self.stands = stands
        self.tries = tries


class Refusal(SyncError):
    """The API's own answer 400, 403, 404 or 405: `status` and its message say why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message, brief=f"the API answered {status}")
        self.status = status

    @property
    def of_route(self) -> bool:
        """Whether the path does not exist, as opposed to the object."""
        return self.status == 405 or (self.status == 404 and "not recognized" in str(self))

    @property
    def of_feature(self) -> bool:
        """Whether the account may not use the feature behind this path."""
        return self.status == 403 or (self.status == 400 and any(
            word in str(self).lower() for word in ("feature", "have access", "no access", "not enabled")))


class Disorder(SyncError):
    """A list broke an assumption: it is unsorted, has rows below the bound, or more rows than asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(message, brief="the list comes in no order")


class TooDeep(Disorder):
    """The server refuses a page number that the walk needs."""


class TooLarge(SyncError):
    """An answer is larger than any the API gives."""


class RejectRecord(SyncError):
    """One record can't be stored; it goes whole into `_rejected`, with this message as the reason."""


class Unavailable(SyncError):
    """The account has no access to this list (feature off, no permission, no such route)."""

    def __init__(self, resource: str, message: str) -> None:
        super().__init__(message, brief="the account has no access to it")
        self.resource = resource


class Fatal(SyncError):
    """Only a person can fix this. `hint` says how."""

    def __init__(self, message: str, *, hint: str, exit_code: Exit, brief: str = "", lines: bool = False) -> None:
        super().__init__(message, brief=brief or _BRIEF.get(exit_code, "the log says why"))
        self.hint = hint
        self.lines = lines
        self.exit_code = exit_code


class NothingLoaded(Fatal):
    """There is no mirror yet, and the verb does not create one."""

    def __init__(self, schema: str) -> None:
        super().__init__(f"There is no mirror in the schema {schema}.", exit_code=Exit.PARTLY,
                         hint="`invoiced-sync backfill` loads it.")


class Stopped(Exception):
    """The process was asked to end; raised out of waits, never logged as a failure."""


def plainly(error: Exception) -> str:
    """What went wrong, in one line; for errors of the system only their own text, without Python's."""
    import ssl  # slow to import; `--help` does not need it

    if isinstance(error, OSError) and error.errno and error.strerror:
        numbered = error.errno > 0 and not isinstance(error, ssl.SSLError)  # whose numbers mean something else
        said = os.strerror(error.errno) if numbered else error.strerror
        return f"{said}: {error.filename}" if error.filename else said
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def exit_of(error: SyncError) -> Exit:
    """The exit code if this error is not caught."""
    if isinstance(error, Fatal):
        return error.exit_code
    return Exit.TEMPORARY if isinstance(error, RetryLater) else Exit.PARTLY
