"""The reader of lists, held against a server that changes between any two requests (see model_server).

Invariant I(c), in the words of the design: for every row now visible at the server that lies in the range of the walk
with a key up to the cursor c, the mirror holds exactly that version. It must hold after every single step.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sync_daemon.model.cursor import BEFORE_ALL, LAST, NO_SECOND, START, Cursor, Key
from sync_daemon.source.pagination import PAGE, Ask, Disorder, Kind, Step, ask, settle, take, window
from tests.support.model_server import Answer, Server, Tape, old_list

DEEPEST = 60_000
"""Rows of one second up to which the promises about windows are checked."""


def trials(count: int) -> settings:
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


def tapes(length: int = 250) -> st.SearchStrategy[Tape]:
    return st.binary(min_size=length, max_size=length).map(Tape)


small_pages = st.integers(7, 10)


# The walk, as the engine does it


@dataclass
class SyncSession:
    """Rows as stored, by id: key and version."""

    rows: dict[int, tuple[Key, int]] = field(default_factory=dict)

    def store(self, answer: Answer, lo: int = BEFORE_ALL, hi: int = LAST) -> None:
        for key, version in zip(answer.keys, answer.versions, strict=True):
            if lo < key[0] <= hi:
                self.rows[key[1]] = (key, version)

    def copy(self) -> SyncSession:
        return SyncSession(dict(self.rows))

    def wants(self, server: Server, cursor: Cursor, lo: int = BEFORE_ALL, hi: int = LAST) -> list[Key]:
        """Rows that break I(cursor)."""
        return [
            key
            for key, version in server.listed()
            if lo < key[0] <= hi and key <= cursor.key and self.rows.get(key[1]) != (key, version)
        ]


@dataclass
class Walk:
    """One walk over (lo, hi]. `requests` counts the answers that were taken."""

    server: Server
    most: int
    lo: int = BEFORE_ALL
    hi: int = LAST
    cursor: Cursor = START
    session: SyncSession = field(default_factory=SyncSession)
    requests: int = 0
    done: bool = False
    kinds: list[Kind] = field(default_factory=list)

    def question(self) -> tuple[Ask, Answer]:
        asked = ask(self.cursor, self.most)
        return asked, self.server.answer(asked)

    def step(self) -> Step:
        asked, answer = self.question()
        return self.take(asked, answer)

    def take(self, asked: Ask, answer: Answer) -> Step:
        step = take(self.cursor, asked, answer.keys, answer.total)
        assert step.kind is not Kind.DOUBT, "this server's count is right"
        covered = [key for key in answer.keys if self.cursor.key < key <= step.cursor.key]
        if step.kind in (Kind.MORE, Kind.END):
            assert answer.keys[step.first :] == covered
        else:
            assert step.cursor.key == self.cursor.key
        assert step.cursor.key >= self.cursor.key
        self.session.store(answer, self.lo, self.hi)
        self.cursor = step.cursor
        self.kinds.append(step.kind)
        self.requests += 1
        self.done = step.kind is Kind.END or self.cursor.u > self.hi
        assert self.requests < 3_000, "the walk does not end"
        return step

    def missing(self) -> list[Key]:
        covered = Cursor(LAST) if self.done else self.cursor
        return self.session.wants(self.server, covered, self.lo, self.hi)


def walk_to_end(walk: Walk, between: Callable[[Walk], object] = lambda walk: None) -> Walk:
    while not walk.done:
        walk.step()
        assert walk.missing() == []
        between(walk)
        assert walk.missing() == []
    return walk


def second_of(size: int, u: int = 500, first: int = 1) -> Server:
    server = Server()
    server.fill(u, range(first, first + size))
    return server


def reach(most: int, deepest: int) -> int:
    """The fewest new rows that a window shows beyond its anchor inside a long second."""
    ends = (window(o, most) for o in range(most, deepest + 1))
    return min(size * page - o for o, (size, page) in enumerate(ends, start=most))


# Windows


def test_a_window_holds_its_anchor_and_reaches_at_least_sixty_rows_beyond_it():
    for o in range(DEEPEST + 1):
        size, page = window(o)
        start, end = size * (page - 1), size * page
        if o < PAGE:
            assert (size, page) == (PAGE, 1)
        else:
            assert PAGE // 2 <= size <= PAGE
            assert start <= o - 1 < end, o
            assert end - o >= 60, o


def test_consecutive_windows_overlap():
    o = PAGE
    while o < DEEPEST:
        size, page = window(o)
        end = size * page
        next_size, next_page = window(end)
        assert next_size * (next_page - 1) < end < next_size * next_page
        o = end


@given(st.integers(PAGE, DEEPEST))
@trials(100)
def test_no_other_page_size_reaches_further(o: int):
    size, page = window(o)
    for other in range(PAGE // 2, PAGE + 1):
        assert other * ((o - 1) // other) + other <= size * page


@pytest.mark.parametrize(("most", "safe"), [(7, 419), (8, 839), (9, 2_519), (10, 2_519), (25, 20_000), (50, 20_000)])
def test_a_window_of_smaller_pages_holds_its_anchor_and_reaches_beyond_it(most: int, safe: int):
    for o in range(safe + 1):
        size, page = window(o, most)
        assert max(1, most // 2) <= size <= most
        assert size * (page - 1) <= max(0, o - 1)
        assert size * page > o


@pytest.mark.parametrize(("rows", "requests"), [(5_000, 57), (50_000, 571)])
def test_a_dense_second_costs_a_seventh_more_requests_than_pages_by_number(rows: int, requests: int):
    walk = Walk(second_of(rows), PAGE)
    while not walk.done:
        walk.step()
    assert walk.missing() == []
    assert set(walk.kinds) == {Kind.MORE, Kind.END}
    assert walk.requests <= requests + 1  # one more finds the end on page 1


def test_ordinary_history_is_read_from_page_1_throughout():
    server = Server(now=10_000)
    for second in range(1_000):
        server.fill(second + 1, range(3 * second + 1, 3 * second + 1 + second % 4))
    walk = Walk(server, PAGE)
    while not walk.done:
        assert ask(walk.cursor).page == 1
        walk.step()
    assert walk.missing() == []
    assert walk.requests <= len(server.rows) // 97 + 2


# One answer


def keys_of(u: int, idents: Iterable[int]) -> list[Key]:
    return [(u, ident) for ident in idents]


lists = st.lists(
    st.tuples(st.sampled_from([NO_SECOND, -5, 0, 1, 2, 3, 900]), st.integers(1, 60)), unique=True, max_size=60
).map(sorted)


@given(lists, st.sampled_from([NO_SECOND, -5, 0, 1, 2, 3, 900]), st.integers(0, 61), st.integers(0, 90), st.data())
@trials(400)
def test_what_one_answer_covers_was_in_it_however_wrong_the_offset(
    keys: list[Key], u: int, ident: int, o: int, data: st.DataObject
):
    cursor = Cursor(u, LAST, o) if ident == 61 else Cursor(u, ident, max(1, o))
    most = data.draw(small_pages)
    asked = ask(cursor, most)
    behind = [key for key in keys if not asked.after or key[0] > asked.after]
    shown = behind[asked.offset : asked.offset + asked.size]
    step = take(cursor, asked, shown, len(behind))
    covered = [key for key in keys if cursor.key < key <= step.cursor.key]
    assert step.cursor.key >= cursor.key
    assert set(covered) <= set(shown)
    if step.kind in (Kind.MORE, Kind.END):
        assert shown[step.first :] == covered
    if step.kind is Kind.END:
        assert not [key for key in keys if key > step.cursor.key]
    if step.kind is Kind.MORE:
        assert step.cursor.key > cursor.key
    if step.kind is Kind.BACK:
        assert step.cursor.key == cursor.key
        assert step.cursor.o < cursor.o
    if step.kind is Kind.STILL:
        assert step.cursor.key == cursor.key
    assert step.kind is not Kind.DOUBT


@given(lists, st.integers(0, 200), small_pages, st.data())
@trials(200)
def test_a_wrong_offset_costs_requests_and_never_a_row(keys: list[Key], o: int, most: int, data: st.DataObject):
    assume(keys)
    server = Server()
    for index, (u, _) in enumerate(keys, start=1):
        server.put(index, None if u <= NO_SECOND else u)
    rows = server.listed()
    anchor = rows[data.draw(st.integers(0, len(rows) - 1))][0]
    walk = Walk(server, most, cursor=Cursor(anchor[0], anchor[1], max(1, o)))
    before = {key for key, _ in rows if key <= anchor}
    while not walk.done:
        walk.step()
    assert {key for key, _ in walk.session.rows.values()} | before == {key for key, _ in rows}


def test_back_when_the_rows_before_the_window_have_left():
    cursor = Cursor(5, 300, 100)
    asked = ask(cursor)
    assert asked == Ask(4, 99, 2)
    for keys in (keys_of(5, range(310, 409)), keys_of(5, range(310, 320)), keys_of(6, [1]), []):
        step = take(cursor, asked, keys, None)
        assert step.kind is Kind.BACK
        assert step.cursor.key == cursor.key
        assert 0 < step.cursor.o <= asked.offset
        assert ask(step.cursor) == Ask(4, 100, 1)


@pytest.mark.parametrize("keys", [keys_of(5, range(310, 409)), keys_of(5, range(310, 320))])
def test_back_covers_none_of_its_rows(keys: list[Key]):
    step = take(Cursor(5, 300, 100), Ask(4, 99, 2), keys, None)
    assert step.kind is Kind.BACK
    assert keys[step.first :] == []


def back_over(vanished: int) -> Walk:
    """A walk in the middle of a second, when all rows up to its anchor vanish."""
    server = second_of(vanished + 500)
    walk = Walk(server, PAGE)
    while walk.cursor.o < vanished:
        walk.step()
    for ident in range(1, walk.cursor.id + 1):
        server.delete(ident)
    walk_to_end(walk)
    assert {key[1] for key, _ in server.listed()} <= set(walk.session.rows)
    return walk


@pytest.mark.parametrize("vanished", [100, 199, 900, 5_000])
def test_back_ends_on_page_1_and_loses_nothing(vanished: int):
    assert back_over(vanished).kinds.count(Kind.BACK) <= vanished


@pytest.mark.parametrize("vanished", [900, 5_000])
def test_back_takes_no_more_steps_than_the_vanished_rows_filled_half_pages(vanished: int):
    assert back_over(vanished).kinds.count(Kind.BACK) <= vanished // (PAGE // 2) + 1


def test_still_when_rows_came_in_before_the_anchor():
    server = second_of(300, first=1_000)
    walk = Walk(server, PAGE)
    walk.step()
    server.fill(500, range(1, 251))
    old = set(range(1_000, 1_300))
    assert walk.step().kind is Kind.STILL
    while not walk.done:
        walk.step()
    assert old <= set(walk.session.rows)


def test_still_when_a_full_page_ends_with_the_anchor_itself():
    step = take(Cursor(5, 100, 40), Ask(4, 100, 1), keys_of(5, range(1, 101)), None)
    assert (step.kind, step.cursor, step.first) == (Kind.STILL, Cursor(5, 100, 100), 100)


def test_the_cursor_of_an_end_still_finds_what_comes_later_in_its_second():
    step = take(Cursor(4), Ask(4, 100, 1), keys_of(5, range(1, 51)), 50)
    assert (step.kind, step.cursor) == (Kind.END, Cursor(5, 50, 50))
    assert ask(step.cursor) == Ask(4, 100, 1)


def test_a_short_page_of_earlier_seconds_does_not_move_the_cursor_back():
    step = take(Cursor(1, 7, 100), Ask(0, 99, 2), keys_of(NO_SECOND, range(1, 20)), None)
    assert (step.kind, step.cursor) == (Kind.MORE, Cursor(1))


def test_doubt_when_the_count_says_more_than_came():
    cursor, asked = Cursor(4), Ask(4, 100, 1)
    keys = keys_of(5, range(1, 51))
    assert take(cursor, asked, keys, 51).kind is Kind.DOUBT
    assert take(cursor, asked, [], 1).kind is Kind.DOUBT
    assert take(cursor, asked, keys, 50).kind is Kind.END
    assert take(cursor, asked, keys, 49).kind is Kind.END
    assert take(cursor, asked, keys, None).kind is Kind.END


def test_doubt_leaves_the_cursor_so_that_the_same_question_is_asked_again():
    cursor, asked = Cursor(4), Ask(4, 100, 1)
    keys = [(5, 1), (5, 3)]  # the count knows a third row: (5, 2) is not in this answer
    step = take(cursor, asked, keys, 3)
    assert (step.kind, step.cursor) == (Kind.DOUBT, cursor)
    assert settle(step, settled_until=10, seen_settled=True) == cursor
    assert keys[step.first :] == []


def test_a_count_is_believed_on_page_1_only():
    cursor, asked = Cursor(5, 150, 150), Ask(4, 99, 2)
    for total in (None, 0, 100, 10_000):
        step = take(cursor, asked, keys_of(5, range(100, 170)), total)
        assert (step.kind, step.cursor) == (Kind.MORE, Cursor(5))


def test_a_short_page_beyond_page_1_is_the_end_only_where_no_bound_can_be_sent():
    step = take(Cursor(0, 150, 150), Ask(0, 99, 2), keys_of(0, range(100, 170)), None)
    assert step.kind is Kind.END
    step = take(Cursor(0, 150, 150), Ask(0, 99, 2), [*keys_of(0, range(100, 170)), (1, 3)], None)
    assert (step.kind, step.cursor, step.cursor.bound) == (Kind.MORE, Cursor(1), 1)


@pytest.mark.parametrize("rows", [100, 200, 300])
def test_a_last_page_that_is_full_is_followed_by_one_more_question(rows: int):
    server = Server()
    for ident in range(1, rows + 1):
        server.put(ident, 500 + ident)
    walk = walk_to_end(Walk(server, PAGE))
    assert walk.kinds[-1] is Kind.END
    assert len(walk.session.rows) == rows


def test_an_empty_list_ends_at_once_and_leaves_the_cursor():
    step = take(START, ask(START), [], 0)
    assert (step.kind, step.cursor) == (Kind.END, START)


def test_the_bound_is_sent_one_second_early_while_rows_of_the_second_are_needed():
    assert Cursor(500).bound == 500
    assert Cursor(500, 7, 1).bound == 499
    assert START.bound == Cursor(NO_SECOND, 3, 3).bound == Cursor(-4, 1, 1).bound == Cursor(0, 1, 1).bound == 0
    assert Cursor(1, 9, 2).bound == 0
    assert Cursor(1).bound == 1


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        pytest.param(Ask(4, 100, 1), [(6, 1), (5, 2)], id="sort ignored: seconds fall"),
        pytest.param(Ask(4, 100, 1), [(5, 2), (5, 1)], id="ids fall within a second"),
        pytest.param(Ask(4, 100, 1), [(5, 1), (5, 2), (5, 1)], id="a row twice, with another between"),
        pytest.param(Ask(0, 100, 1), [(5, 1), (NO_SECOND, 2)], id="null does not come first"),
        pytest.param(Ask(4, 100, 1), [(4, 1), (5, 1)], id="bound ignored: a row at the bound"),
        pytest.param(Ask(4, 100, 1), [(NO_SECOND, 1), (5, 1)], id="bound ignored: a row without a stamp"),
        pytest.param(Ask(4, 99, 2), [(3, 1)], id="bound ignored beyond page 1"),
        pytest.param(Ask(4, 3, 1), keys_of(5, range(1, 5)), id="more rows than asked for"),
    ],
)
def test_an_answer_that_breaks_an_assumption_is_disorder(asked: Ask, keys: list[Key]):
    with pytest.raises(Disorder):
        take(Cursor(5, 1, 1), asked, keys, None)


@given(lists, st.data())
@trials(150)
def test_a_list_that_shows_a_row_twice_in_a_row_is_read_to_its_end(keys: list[Key], data: st.DataObject):
    shown = sorted([*keys, *(key for key in keys if data.draw(st.booleans()))])
    cursor, step, met = START, None, set()
    for _ in range(200):
        asked = ask(cursor, 10)
        behind = [key for key in shown if not asked.after or key[0] > asked.after]
        answer = behind[asked.offset : asked.offset + asked.size]
        step = take(cursor, asked, answer, len(behind))
        met |= set(answer)
        cursor = step.cursor
        if step.kind is Kind.END:
            break
    assert step is not None
    assert step.kind is Kind.END
    assert met == set(keys)


@given(tapes(60), small_pages)
@trials(100)
def test_an_ignored_sort_or_bound_never_passes_as_an_answer_that_shows_it(tape: Tape, most: int):
    """Rows in id order where (updated_at, id) was asked for: accepted only if both orders are the same."""
    server = old_list(tape, most)
    for ident in list(server.rows)[:: 1 + tape.pick(5)]:
        server.write(ident)
    keys = [server.key(i, u) for i, (u, _) in sorted(server.rows.items())][:most]
    if keys == sorted(keys):
        take(START, ask(START, most), keys, None)
    else:
        with pytest.raises(Disorder):
            take(START, ask(START, most), keys, None)


# A settled range


@pytest.mark.parametrize("size", [99, 100, 101, 199, 200, 201])
@pytest.mark.parametrize("place", ["first", "last", "alone"])
@pytest.mark.parametrize("border", [False, True])
@pytest.mark.parametrize("change", ["none", "anchor", "window", "second"])
def test_a_dense_second_of_a_real_page_more_or_less(size: int, place: str, border: bool, change: str):
    server = second_of(size)
    if place == "first":
        server.fill(501, range(1_001, 1_151))
    if place == "last":
        server.fill(499, range(1_001, 1_151))

    def between(walk: Walk) -> None:
        held = [key[1] for key, _ in server.listed() if key[0] == 500]
        if walk.cursor.u == 500 and change == "anchor":
            server.delete(walk.cursor.id)
        elif walk.cursor.u == 500 and change == "window" and walk.requests == 2:
            for ident in held[:100]:
                server.delete(ident)
        elif walk.cursor.u == 500 and change == "second":
            for ident in held:
                server.write(ident)

    lo, hi = (499, 500) if border and place == "first" else (BEFORE_ALL, 500 if border else 501)
    start = START if lo == BEFORE_ALL else Cursor(lo)
    walk = walk_to_end(Walk(server, PAGE, lo, hi, start), between)
    assert walk.requests <= (size + 150) // 60 + 3 + 2 * len(server.left)
    if change == "none":
        assert set(walk.session.rows) == {key[1] for key, _ in server.listed() if lo < key[0] <= hi}


def settled(tape: Tape, most: int, *, late: int = 3, skew: int = 1, largest: int = 40) -> tuple[Server, int]:
    """A server in use, and the second up to which it is settled."""
    server = old_list(tape, most, late=late, skew=skew, largest=largest)
    server.disturb(tape, None)
    return server, server.now - (late + skew + 1)


@given(tapes(), small_pages)
@trials(300)
def test_the_invariant_holds_after_every_step_of_a_settled_walk(tape: Tape, most: int):
    server, settled_until = settled(tape, most)
    walk_to_end(Walk(server, most, hi=settled_until), lambda walk: server.disturb(tape, (walk.cursor.u,
                                                                                         walk.cursor.id)))


@given(tapes(), small_pages, st.integers(0, 3), st.integers(0, 2))
@trials(150)
def test_the_invariant_holds_whatever_the_lateness_and_the_skew(tape: Tape, most: int, late: int, skew: int):
    server, settled_until = settled(tape, most, late=late, skew=skew)
    walk_to_end(Walk(server, most, hi=settled_until), lambda walk: server.disturb(tape, (walk.cursor.u,
                                                                                         walk.cursor.id)))


@given(tapes(), st.sampled_from([7, 8, 9, 10, PAGE]))
@trials(250)
def test_a_settled_walk_ends_within_its_bound(tape: Tape, most: int):
    """Requests: rows by the least step of a window, one a second, and for each row that left one BACK and one short
    step: after it the anchor may stand at the very end of page 1."""
    server, settled_until = settled(tape, most, largest=251 if most == PAGE else 40)
    rows = [key for key, _ in server.listed() if key[0] <= settled_until]
    server.left.clear()
    walk = walk_to_end(
        Walk(server, most, hi=settled_until), lambda walk: server.disturb(tape, (walk.cursor.u, walk.cursor.id))
    )
    left = sum(1 for u in server.left if u <= settled_until)
    assert walk.requests <= len(rows) // reach(most, 400) + len({u for u, _ in rows}) + 2 * left + 2


@given(tapes(), small_pages)
@trials(200)
def test_a_crash_a_lost_answer_or_an_old_backup_never_breaks_the_invariant(tape: Tape, most: int):
    server, settled_until = settled(tape, most)
    walk = Walk(server, most, hi=settled_until)
    committed = [(walk.cursor, walk.session.copy())]
    trouble = 12
    while not walk.done:
        asked, answer = walk.question()
        server.disturb(tape, (walk.cursor.u, walk.cursor.id))
        what = tape.pick(8) if trouble else 0
        trouble -= what in (1, 2, 3, 4)
        if what == 1:  # the answer is lost, and the question is asked again
            continue
        if what == 2:  # the answer comes twice, the second time to a repeated question
            again = server.answer(asked)
            walk.session.store(answer, walk.lo, walk.hi)
            answer = again
        if what == 3:  # restart at any cursor that was ever committed, with the mirror of now
            walk.cursor = committed[tape.pick(len(committed))][0]
            assert walk.missing() == []
            continue
        if what == 4:  # restart from a backup, rows and cursor together
            del committed[1 + tape.pick(len(committed)) :]
            walk.cursor, walk.session = committed[-1][0], committed[-1][1].copy()
            assert walk.missing() == []
            continue
        walk.take(asked, answer)
        committed.append((walk.cursor, walk.session.copy()))
        assert walk.missing() == []
        server.disturb(tape, (walk.cursor.u, walk.cursor.id))
        assert walk.missing() == []


@given(tapes(), small_pages, st.lists(st.integers(0, 255), max_size=4))
@trials(150)
def test_lanes_with_any_borders_cover_the_settled_list(tape: Tape, most: int, cuts: list[int]):
    server, settled_until = settled(tape, most)
    seconds = sorted({key[0] for key, _ in server.listed() if 0 < key[0] < settled_until})
    borders = sorted({seconds[cut % len(seconds)] for cut in cuts}) if seconds else []
    edges = [BEFORE_ALL, *borders, settled_until]
    session = SyncSession()
    lanes = [
        Walk(server, most, lo, hi, START if lo == BEFORE_ALL else Cursor(lo), session) for lo, hi in pairwise(edges)
    ]
    while live := [lane for lane in lanes if not lane.done]:
        lane = live[tape.pick(len(live))]
        lane.step()
        server.disturb(tape, (lane.cursor.u, lane.cursor.id))
        assert not [key for each in lanes for key in each.missing()]
    assert session.wants(server, Cursor(settled_until)) == []


@given(tapes(), small_pages)
@trials(200)
def test_a_walk_meets_every_row_that_was_there_all_the_time_even_if_others_enter_an_old_second(tape: Tape, most: int):
    server, settled_until = settled(tape, most)
    before = dict(server.rows)
    walk = Walk(server, most, hi=settled_until)
    while not walk.done:
        walk.step()
        server.disturb(tape, (walk.cursor.u, walk.cursor.id), broken=True)
    for ident, content in before.items():
        key = server.key(ident, content[0])
        if server.rows.get(ident) == content and key[0] <= settled_until:
            assert walk.session.rows.get(ident) == (key, content[1])


@given(tapes(), small_pages)
@trials(200)
def test_the_comparison_suspects_every_vanished_row_and_no_row_that_stayed(tape: Tape, most: int):
    """An answer covers (old cursor, new cursor]; mirror rows with a key in it that it lacks are candidates."""
    server, settled_until = settled(tape, most)
    old = SyncSession({key[1]: (key, version) for key, version in server.listed()})
    before = dict(server.rows)
    for _ in range(3):
        server.disturb(tape, (500, 1))
    gone = {i for i, c in before.items() if i not in server.rows and server.key(i, c[0])[0] <= settled_until}
    walk = Walk(server, most, hi=settled_until)
    candidates: set[int] = set()
    met: set[int] = set()
    while not walk.done:
        start = walk.cursor.key
        asked, answer = walk.question()
        step = walk.take(asked, answer)
        end = (settled_until, LAST) if step.kind is Kind.END else min(step.cursor.key, (settled_until, LAST))
        listed = {key[1] for key in answer.keys}
        met |= listed
        candidates |= {i for i, (key, _) in old.rows.items() if start < key <= end and i not in listed}
        server.disturb(tape, (walk.cursor.u, walk.cursor.id))
    stayed = {i for i, c in before.items() if server.rows.get(i) == c and server.key(i, c[0])[0] <= settled_until}
    assert gone - met <= candidates  # a vanished id may come back as a new row, and be met
    assert not stayed & candidates


@pytest.mark.parametrize("most", [7, 10, PAGE])
@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
@pytest.mark.parametrize("stamp", [None, -7, 0, 1])
def test_rows_without_a_usable_stamp_are_read_once_each_even_more_than_a_page(most: int, count: int, stamp: int | None):
    server = Server()
    server.fill(stamp, range(1, count + 1))
    server.fill(0, [1_000])
    server.fill(1, [1_001, 1_002])
    server.fill(2, [1_003])
    walk = walk_to_end(Walk(server, most))
    assert walk.missing() == []
    assert len(walk.session.rows) == count + 4
    assert not {Kind.BACK, Kind.STILL} & set(walk.kinds)


def test_a_whole_second_touched_between_two_answers_costs_nothing_but_questions():
    server = second_of(1_000)
    server.fill(600, range(2_001, 2_011))
    walk = Walk(server, PAGE, hi=700)
    for _ in range(4):
        walk.step()
    for ident in range(1, 1_001):
        server.write(ident)
    walk_to_end(walk)
    assert set(range(2_001, 2_011)) <= set(walk.session.rows)
    assert walk.requests <= 4 + walk.kinds.count(Kind.BACK) + 2


def test_a_range_that_ends_inside_the_list_stores_nothing_beyond_it():
    server = Server()
    for ident in range(1, 301):
        server.put(ident, 400 + ident // 3)
    walk = walk_to_end(Walk(server, PAGE, lo=420, hi=450, cursor=Cursor(420)))
    assert {key[0] for key, _ in walk.session.rows.values()} == set(range(421, 451))
    assert walk.requests == 1  # the 90 rows and ten beyond them, and never the rest


def test_other_page_sizes_after_a_restart_lose_nothing():
    server = second_of(400)
    walk = Walk(server, PAGE)
    for most in (100, 10, 9, 50, 100, 7, 100):
        walk.most = most
        walk.step()
        assert walk.missing() == []
    walk_to_end(walk)
    assert len(walk.session.rows) == 400


def test_pages_that_the_server_shortens_are_doubted_from_the_first():
    server = second_of(120)
    server.cap = 50
    asked = ask(START)
    answer = server.answer(asked)
    assert take(START, asked, answer.keys, answer.total).kind is Kind.DOUBT


# Lists in plain id order: u is 0 throughout


@given(tapes(), small_pages)
@trials(250)
def test_an_id_order_list_loses_no_row_that_was_there_all_the_time(tape: Tape, most: int):
    server = Server(by_id=True)
    server.fill(1, [1 + i * tape.one(1, 2) for i in range(tape.pick(120))])
    stayed = set(server.rows)
    walk = Walk(server, most)
    while not walk.done:
        walk.step()
        assert ask(walk.cursor, most).after == 0
        server.disturb(tape, (0, walk.cursor.id))
        stayed &= set(server.rows)
    assert stayed <= set(walk.session.rows)


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 198, 199, 200, 1_000])
def test_an_id_order_list_at_rest_is_read_to_its_end(rows: int):
    server = Server(by_id=True)
    server.fill(1, range(1, rows + 1))
    walk = walk_to_end(Walk(server, PAGE))
    assert len(walk.session.rows) == rows


# The tail


@dataclass
class Tail:
    """The tail as the engine runs it; the flags break one rule each, to show that the rule is needed."""

    server: Server
    most: int
    lag: int
    committed: Cursor = START
    session: SyncSession = field(default_factory=SyncSession)
    date: int = 0
    """The newest Date received."""
    front: int = 0
    """The newest `updated_at` seen in an earlier cycle, no later than the server's Date."""
    lo: int = BEFORE_ALL
    writes: int = 0
    requests: int = 0
    strict: bool = True
    """Fail at the first step that breaks the invariant."""
    own_date: bool = False
    moves_after_jump: bool = False
    newest_seen: bool = False

    def crash(self) -> None:
        """Only what was committed together is left; the Date comes with the first answer of any kind."""
        self.front = 0

    def missing(self) -> list[Key]:
        return self.session.wants(self.server, self.committed, self.lo)

    def cycle(self, tape: Tape) -> bool:
        """One walk to the end; False if it was cut short by a crash."""
        walk, moving, seen, newest = self.committed, True, False, 0
        while True:
            settled_until = self.date - self.lag
            asked = ask(walk, self.most)
            answer = self.server.answer(asked)
            self.server.disturb(tape, (walk.u, walk.id))  # the Date is stamped after the snapshot
            self.date = max(self.date, self.server.now)
            self.requests += 1
            assert self.requests < 3_000, "the walk does not end"
            existence = tape.pick(24)
            if existence == 1:
                continue
            if existence == 2:
                self.crash()
                return False
            if self.own_date:
                settled_until = self.date - self.lag
            step = take(walk, asked, answer.keys, answer.total)
            assert step.kind is not Kind.DOUBT
            self.session.store(answer, self.lo)
            newest = max([newest, *(key[0] for key in answer.keys if key[0] <= self.date)])
            seen = seen or any(key[0] <= settled_until for key in answer.keys)
            ended = step.kind is Kind.END or step.cursor.u > settled_until
            if moving:
                self._commit(settle(step, settled_until, seen), settled_until)
            walk = step.cursor
            if moving and ended:
                moving = self.moves_after_jump
                walk = max(walk, Cursor(self.front - 10), key=lambda cursor: cursor.key)
            if self.newest_seen:
                self.committed = step.cursor
            assert not self.strict or self.missing() == []
            self.server.disturb(tape, (walk.u, walk.id))
            assert not self.strict or self.missing() == []
            if step.kind is Kind.END:
                self.front = newest
                return True

    def _commit(self, cursor: Cursor | None, settled_until: int) -> None:
        if cursor is None:
            return
        assert cursor.u <= settled_until
        self.writes += cursor != self.committed
        self.committed = cursor

    def stale(self) -> list[Key]:
        return self.session.wants(self.server, Cursor(LAST))


def live(tape: Tape, most: int, late: int, skew: int, lag: int, **broken: bool) -> Tail:
    """A tail that has been through some cycles of writes, and then through some without."""
    server = old_list(tape, most, late=late, skew=skew, largest=2 * most + 1)
    tail = Tail(server, most, lag, **broken)
    for _ in range(10):
        tail.cycle(tape)
        server.disturb(tape, (server.now, 0))
        server.tick(tape.one(0, 1, 2, 5))
    return tail


def quieten(tail: Tail) -> None:
    """Writes stop; the next cycles. The first one may still go by an old Date."""
    tail.server.rest(tail.lag + 1)
    for _ in range(3):
        tail.cycle(Tape(b""))


@given(tapes(400), small_pages, st.integers(0, 3), st.integers(0, 2))
@trials(300)
def test_when_writes_stop_the_next_cycles_of_the_tail_make_the_mirror_equal(
    tape: Tape, most: int, late: int, skew: int
):
    tail = live(tape, most, late, skew, late + skew + 1)
    quieten(tail)
    assert tail.stale() == []


@given(tapes(300), small_pages)
@trials(100)
def test_an_idle_cycle_is_one_question_and_leaves_the_cursor_alone(tape: Tape, most: int):
    tail = live(tape, most, 2, 1, 4)
    quieten(tail)
    tail.server.tick(3)
    tail.cycle(Tape(b""))
    cursor, writes, requests = tail.committed, tail.writes, tail.requests
    for _ in range(5):
        future = sum(1 for key, _ in tail.server.listed() if key[0] > tail.server.now)
        tail.cycle(Tape(b""))
        tail.server.tick(2)
        assert tail.requests - requests <= 1 + future
        requests = tail.requests
    assert (tail.committed, tail.writes) == (cursor, writes)


@given(tapes(400), small_pages)
@trials(150)
def test_a_tail_that_starts_beside_the_lanes_takes_over_at_what_has_settled(tape: Tape, most: int):
    server, settled_until = settled(tape, most, late=2)
    tail = Tail(server, most, 4, committed=Cursor(settled_until), lo=settled_until, date=server.now)
    lane = Walk(server, most, hi=settled_until)
    for _ in range(8):
        tail.cycle(tape)
        if not lane.done:
            lane.step()
            assert lane.missing() == []
    while not lane.done:
        lane.step()
    quieten(tail)
    both = SyncSession({**lane.session.rows, **tail.session.rows})
    assert both.wants(server, Cursor(LAST)) == []


def loses(count: int, short: int = 0, **broken: bool) -> bool:
    """Whether the mirror stays unequal after any of `count` fixed histories."""
    for seed in range(count):
        tape = Tape(random.Random(seed).randbytes(600))
        tail = live(tape, 10, 3, 1, 5 - short, strict=False, **broken)
        quieten(tail)
        if tail.stale():
            return True
    return False


def test_the_model_can_bite_and_each_rule_of_the_tail_is_needed():
    assert not loses(150)
    assert loses(1_000, short=1), "the lag is one second too short"
    assert loses(1_000, own_date=True), "the horizon comes from the Date of the answer itself"
    assert loses(1_000, moves_after_jump=True), "the cursor moves again after the jump"
    assert loses(1_000, newest_seen=True), "the cursor is the newest row seen"


@pytest.mark.parametrize(("lag", "lost"), [(4, False), (3, True)])
def test_a_lag_one_second_too_short_loses_a_row(lag: int, lost: bool):
    """L = 2, K = 1: a clock one second slow, a commit two seconds late, and a cycle just before it."""
    server = Server(now=1_000, late=2, skew=1)
    server.put(1, 999)
    server.write(2, skew=-1, wait=2)  # stamped 999, visible at the end of second 1002
    server.tick(2)
    tail = Tail(server, PAGE, lag, date=1_002, strict=False)
    tail.cycle(Tape(b""))
    server.rest(10)
    for _ in range(5):
        tail.cycle(Tape(b""))
        server.tick(5)
    assert tail.stale() == ([(999, 2)] if lost else [])


def test_settle_follows_the_walk_below_what_has_settled_and_stops_at_it():
    for kind in (Kind.MORE, Kind.BACK, Kind.STILL):
        assert settle(Step(kind, Cursor(90, 3, 1)), 100, True) == Cursor(90, 3, 1)
        assert settle(Step(kind, Cursor(100, 3, 1)), 100, True) == Cursor(100, 3, 1)
        assert settle(Step(kind, Cursor(101, 3, 1)), 100, True) == Cursor(100)
    assert settle(Step(Kind.END, Cursor(90, 3, 1)), 100, True) == Cursor(100)
    assert settle(Step(Kind.END, Cursor(101, 3, 1)), 100, True) == Cursor(100)


def test_settle_leaves_the_cursor_where_no_settled_row_was_seen():
    assert settle(Step(Kind.END, Cursor(90)), 100, False) is None
    assert settle(Step(Kind.MORE, Cursor(101, 3, 1)), 100, False) is None
    assert settle(Step(Kind.END, START), 100, False) is None
