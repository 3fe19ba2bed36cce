"""A list of the API in memory, and writers that change it between any two requests. Pure: no I/O, no clock but its own.

The model keeps the rules that pagination relies on, and is otherwise as hostile as possible. A version gets its
`updated_at` when it is written, by a clock that is wrong by up to `skew` seconds, and becomes visible up to `late`
seconds later, before or after any other. The `Tape` of bytes decides what happens when, so that hypothesis can shrink
it: a tape of zeros is a quiet day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sync_daemon.model.cursor import NO_SECOND, Key
from sync_daemon.source.pagination import Ask

Content = tuple[int | None, int]
"""`updated_at` and the number of the version."""

FAR = 500
"""How far ahead a row "of the future" is stamped."""


class Tape:
    """Choices, byte by byte; at its end, every choice is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def pick(self, n: int) -> int:
        """A number below n (n up to 256)."""
        if n < 2 or self._at >= len(self._data):
            return 0
        self._at += 1
        return self._data[self._at - 1] % n

    def one(self, *options: int) -> int:
        return options[self.pick(len(options))]


@dataclass(frozen=True)
class Answer:
    keys: list[Key]
    versions: list[int]
    total: int | None


@dataclass
class Pending:
    """A version that has its updated_at and is not visible yet."""

    deadline: int
    content: Content


class Server:
    def __init__(self, now: int = 1_000, late: int = 0, skew: int = 0, by_id: bool = False) -> None:
        self.now = now
        self.late = late
        self.skew = skew
        self.by_id = by_id
        """A list in plain id order: every key is (0, id)."""
        self.cap = 10**9
        """Rows a page at most, whatever was asked for."""
        self.rows: dict[int, Content] = {}
        self.pending: dict[int, Pending] = {}
        self.left: list[int] = []
        """Seconds of all visible versions that have gone."""
        self.ever = 0
        self._version = 0
        self._total = 0
        self._sorted: list[tuple[Key, int]] | None = None

    # The API

    def key(self, ident: int, u: int | None) -> Key:
        if self.by_id:
            return (0, ident)
        return (NO_SECOND if u is None else u, ident)

    def listed(self) -> list[tuple[Key, int]]:
        """All rows in the server's order, with their versions."""
        if self._sorted is None:
            self._sorted = sorted((self.key(i, u), version) for i, (u, version) in self.rows.items())
        return self._sorted

    def answer(self, asked: Ask) -> Answer:
        """`updated_after` (strict; null is never later), `sort`, OFFSET. The count is fresh on page 1 only."""
        rows = self.listed()
        if asked.after and not self.by_id:
            rows = [row for row in rows if row[0][0] > asked.after]
        if asked.page == 1:
            self._total = len(rows)
        size = min(asked.size, self.cap)
        w = (asked.page - 1) * size
        rows = rows[w : w + size]
        return Answer([key for key, _ in rows], [version for _, version in rows], self._total)

    # Writers

    def put(self, ident: int, u: int | None) -> None:
        """Makes a version visible, replacing any earlier one."""
        self._version += 1
        self._show(ident, (u, self._version))

    def fill(self, u: int | None, idents: Iterable[int]) -> None:
        for ident in idents:
            self.put(ident, u)

    def write(self, ident: int, skew: int = 0, wait: int = 0) -> None:
        """A new version, stamped now; visible at once, or up to `late` seconds later if `wait`."""
        if ident in self.pending:  # the row is locked until the other writer commits
            self.commit(ident)
        self._version += 1
        content = (self.now + skew, self._version)
        if wait:
            self.pending[ident] = Pending(self.now + wait, content)
        else:
            self._show(ident, content)

    def commit(self, ident: int) -> None:
        self._show(ident, self.pending.pop(ident).content)

    def delete(self, ident: int) -> None:
        self.pending.pop(ident, None)
        if ident in self.rows:
            self._gone(ident)
            del self.rows[ident]

    def tick(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.now += 1
            for ident in [i for i, p in self.pending.items() if p.deadline < self.now]:
                self.commit(ident)

    def rest(self, seconds: int) -> None:
        """Stops all writes and advances the clock."""
        self.tick(seconds)
        for ident in list(self.pending):
            self.commit(ident)

    def _show(self, ident: int, content: Content) -> None:
        if ident in self.rows:
            self._gone(ident)
        self.rows[ident] = content
        self.ever = max(self.ever, ident)
        self._sorted = None

    def _gone(self, ident: int) -> None:
        self.left.append(self.key(ident, self.rows[ident][0])[0])
        self._sorted = None

    # What happens between two requests

    def disturb(self, tape: Tape, reading: Key | None, *, broken: bool = False) -> None:
        """Some writes; four of five go to the second that is being read. `broken`: rows may enter an old second."""
        for _ in range(tape.one(0, 1, 0, 1, 2, 3, 0, 1)):
            self._happen(tape, reading, broken)

    def _happen(self, tape: Tape, reading: Key | None, broken: bool) -> None:
        what = tape.pick(34 if broken else 28)
        for below, act in self._acts:
            if what < below:
                act(self, tape, reading)
                return
        if self.by_id:  # any free id: ids become visible out of order
            ident = 1 + tape.pick(250)
            if ident not in self.rows:
                self.put(ident, self.now)
        elif reading is not None:
            self.put(self._new(tape), None if reading[0] <= NO_SECOND else reading[0])

    def _aimed(self, reading: Key | None) -> list[int]:
        if reading is None:
            return []
        if self.by_id:
            return sorted(self.rows)
        return [key[1] for key, _ in self.listed() if key[0] == reading[0]]

    def _victim(self, tape: Tape, reading: Key | None) -> int | None:
        idents = self._aimed(reading) if tape.pick(5) < 4 else []
        idents = idents or [key[1] for key, _ in self.listed()]
        return idents[tape.pick(min(len(idents), 256))] if idents else None

    def _stamp(self, tape: Tape) -> int:
        return tape.pick(2 * self.skew + 1) - self.skew

    def _new(self, tape: Tape) -> int:
        """A new id: mostly the next one, sometimes that of a deleted row."""
        ident = max([self.ever, *self.pending]) + 1
        if tape.pick(4) == 3:
            holes = [i for i in range(1, min(ident, 200)) if i not in self.rows and i not in self.pending]
            if holes:
                return holes[tape.pick(len(holes))]
        self.ever = ident
        return ident

    def _touch(self, tape: Tape, reading: Key | None) -> None:
        if (ident := self._victim(tape, reading)) is not None:
            self.write(ident, self._stamp(tape))

    def _delete(self, tape: Tape, reading: Key | None) -> None:
        if (ident := self._victim(tape, reading)) is not None:
            self.delete(ident)

    def _insert(self, tape: Tape, reading: Key | None) -> None:
        self.write(self._new(tape), self._stamp(tape))

    def _touch_late(self, tape: Tape, reading: Key | None) -> None:
        if (ident := self._victim(tape, reading)) is not None:
            self.write(ident, self._stamp(tape), self.late - tape.pick(self.late + 1))

    def _insert_late(self, tape: Tape, reading: Key | None) -> None:
        self.write(self._new(tape), self._stamp(tape), self.late - tape.pick(self.late + 1))

    def _commit_one(self, tape: Tape, reading: Key | None) -> None:
        if self.pending:
            self.commit(sorted(self.pending)[tape.pick(len(self.pending))])

    def _time(self, tape: Tape, reading: Key | None) -> None:
        self.tick(1 + tape.pick(3))

    def _bulk(self, tape: Tape, reading: Key | None) -> None:
        skew = self._stamp(tape)
        for _ in range(1 + tape.pick(20)):
            self.write(self._new(tape), skew)

    def _delete_anchor(self, tape: Tape, reading: Key | None) -> None:
        if reading is not None:
            self.delete(reading[1])

    def _delete_window(self, tape: Tape, reading: Key | None) -> None:
        """The anchor, some rows before and some after it."""
        if reading is not None:
            idents = self._aimed(reading)
            at = sum(1 for i in idents if i <= reading[1])
            for ident in idents[max(0, at - tape.pick(20)) : at + tape.pick(12)]:
                self.delete(ident)

    def _touch_second(self, tape: Tape, reading: Key | None) -> None:
        skew = self._stamp(tape)
        for ident in self._aimed(reading):
            self.write(ident, skew)

    def _future(self, tape: Tape, reading: Key | None) -> None:
        self.put(self._new(tape), self.now + FAR)

    _acts: tuple[tuple[int, Callable[[Server, Tape, Key | None], None]], ...] = (
        (5, _touch),
        (9, _delete),
        (12, _insert),
        (14, _touch_late),
        (16, _insert_late),
        (18, _commit_one),
        (22, _time),
        (23, _bulk),
        (25, _delete_anchor),
        (26, _delete_window),
        (27, _touch_second),
        (28, _future),
    )


def old_list(tape: Tape, most: int, *, late: int = 0, skew: int = 0, largest: int = 60) -> Server:
    """A list with a history: some dense seconds, rows without a usable updated_at, and recent unsettled changes."""
    server = Server(late=late, skew=skew)
    ident = 0
    u = tape.one(1, 2, 500)
    sizes = [1, 2, 3, most - 1, most, most + 1, 2 * most - 1, 2 * most, 2 * most + 1, 37, largest]
    for stamp in (None, -(10**12), -3, 0):
        count = tape.one(0, 0, 1, most, most + 1, 0)
        server.fill(stamp, range(ident + 1, ident + count + 1))
        ident += count
    for _ in range(tape.pick(6)):
        count = sizes[tape.pick(len(sizes))]
        server.fill(u, range(ident + 1, ident + count + 1))
        ident += count
        u += 1 + tape.pick(3)
    lag = late + skew + 1
    for ago in range(lag + 2, -1, -1):
        count = tape.one(0, 1, 0, 2, most + 1, 0)
        server.fill(server.now - ago, range(ident + 1, ident + count + 1))
        ident += count
    return server
