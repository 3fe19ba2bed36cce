"""From bytes to records: whole bodies only, keys that are certain, nothing that jsonb would refuse."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.errors import RejectRecord
from sync_daemon.model.cursor import NO_SECOND
from sync_daemon.model.records import NotAList, clean, new_fields, read, read_page, second_of, split
from sync_daemon.model.resources import BY_NAME

AT = datetime(2025, 1, 1, tzinfo=UTC)
INVOICES, SOURCES, ITEMS = BY_NAME["invoices"], BY_NAME["payment_sources"], BY_NAME["items"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=12)


@given(st.lists(JSON, max_size=6), st.booleans())
def test_a_body_is_split_into_its_very_bytes(rows: list[Any], ascii_only: bool) -> None:
    texts = [json.dumps(row, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for row in rows]
    assert split(b" [" + b" ,\n".join(texts) + b"]\n") == texts


@given(st.lists(st.dictionaries(st.text(max_size=4), JSON, min_size=1, max_size=3), min_size=1, max_size=5), st.data())
def test_a_cut_body_is_no_list(rows: list[Any], data: st.DataObject) -> None:
    body = json.dumps(rows).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(NotAList):
        split(body[:cut])


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data":[]}', b"<html>[]</html>", b"[1][2]", b"[1] trailing", b"]",
                                  b"[", b'["', b"[}]", b"[{]", b"null", b'[{"a":"]', b"[[1]", b"[1]]"])
def test_what_is_no_closed_list_is_a_fault_of_the_way(body: bytes) -> None:
    with pytest.raises(NotAList):
        split(body)


@pytest.mark.parametrize("bad", [b'{"id":2,"x":tru}', b'{"id":2,"x":"\xff\xfe"}', b'{"id":2 "x":1}', b'{"id":2,"x":01}',
                                 b'{"id":2,"x":' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"id":2,"x":"a\nb"}'])
def test_an_unsound_record_costs_only_itself(bad: bytes) -> None:
    good, other = b'{"id":1,"s":"},]{["}', b'{"id":3}'
    assert split(b"[" + good + b", " + bad + b"," + other + b"]") == [good, bad, other]
    page = read_page(INVOICES, b"[" + good + b", " + bad + b"," + other + b"]", AT)
    assert {1, 3} <= {record.key for record in page.records}
    assert len(page.records) + len(page.rejects) == 3
    assert len(page.order) == 3


def test_a_record_without_a_place_takes_its_neighbours() -> None:
    page = read_page(INVOICES, b'[{"id":"x"},{"id":5,"updated_at":9},7,{"id":6,"updated_at":9},null]', AT)
    assert page.order == [(9, 5), (9, 5), (9, 5), (9, 6), (9, 6)]
    assert [reject.raw for reject in page.rejects] == [b'{"id":"x"}', b"7", b"null"]
    assert read_page(INVOICES, b'[{"id":"x"}]', AT, after=40).order == [(41, 0)]


@pytest.mark.parametrize(("text", "key"), [
    ('{"id":5}', 5), ('{"id":5.0}', 5), ('{"id":-5}', -5), ('{"id":0}', 0), ('{"id":1,"id":2}', 2),
    ('{"id":9223372036854775807}', 2**63 - 1), ('{"id":5,"updated_at":1e400}', 5), ('{"created_at":-1e999,"id":6}', 6)])
def test_keys_that_are_certain(text: str, key: int) -> None:
    assert read(INVOICES, text.encode(), AT).key == key


@pytest.mark.parametrize("text", [
    "{}", '{"id":null}', '{"id":"5"}', '{"id":true}', '{"id":5.5}', '{"id":[5]}', '{"id":9223372036854775808}',
    '{"id":-9223372036854775809}', '{"id":9007199254740993.0}', '{"id":1e18}', '{"id":1e400}', "5", "[]", '"x"', "null",
    "", "{"])
def test_keys_that_are_not(text: str) -> None:
    with pytest.raises(RejectRecord):
        read(INVOICES, text.encode(), AT)


@pytest.mark.parametrize(("text", "key"), [
    ('{"id":7,"x":NaN}', "7"), ('{"x":NaN,"id": 7}', "7"), (r'{"a":"\"id\":5","x":NaN,"id":7}', "7"),
    ('{"items":[{"id":5}],"x":NaN,"id":7 }', "7"), ('{"id":"7","x":NaN}', None), ('{"items":[{"id":5}],"x":NaN}', None),
    ('{"id":7.5,"x":NaN}', None), ('{"id":123456789012345678901,"x":NaN}', None), ('{"xid":7,"x":NaN}', None),
])
def test_a_record_that_can_not_be_decoded_shows_its_id_or_none_at_all(text: str, key: str | None) -> None:
    [reject] = read_page(INVOICES, f"[{text}]".encode(), AT).rejects
    assert reject.key == key


@given(st.dictionaries(st.text(max_size=5).filter(lambda name: name != "id"), JSON, max_size=4), st.integers(1, 10**15))
def test_the_id_of_what_can_not_be_decoded_is_that_of_the_record_itself(fields: dict[str, Any], ident: int) -> None:
    text = json.dumps(fields | {"id": ident})[:-1] + ',"broken":NaN}'
    [reject] = read_page(INVOICES, f"[{text}]".encode(), AT).rejects
    assert reject.key == str(ident)


def test_composed_keys() -> None:
    assert read(SOURCES, b'{"object":"card","id":5}', AT).key == "card:5"
    for text in (b'{"id":5}', b'{"object":"","id":5}', b'{"object":5,"id":5}', b'{"object":"card"}'):
        with pytest.raises(RejectRecord):
            read(SOURCES, text, AT)


def test_the_catalogue_goes_by_its_internal_id_or_by_its_id_with_a_mark_on_archived_rows() -> None:
    assert read(ITEMS, b'{"id":"hosting","internal_id":7}', AT).key == "7"
    assert read(ITEMS, b'{"id":"hosting","created_at":99}', AT).key == "hosting"
    assert read(ITEMS, b'{"id":"hosting","created_at":99,"archived":true}', AT).key == "hosting@99"
    assert read(ITEMS, b'{"id":"hosting","created_at":99}', AT, archived=True).key == "hosting@99"
    for text in (b'{"internal_id":"x","id":"a"}', b'{"id":""}', b'{"id":null}', b'{"id":true}'):
        with pytest.raises(RejectRecord):
            read(ITEMS, text, AT)


@pytest.mark.parametrize(("value", "second"), [
    (5, 5), (5.9, 5), (-5, -5), (0, 0), (None, NO_SECOND), ("5", NO_SECOND), (True, NO_SECOND), ([], NO_SECOND),
    (float("inf"), NO_SECOND), (float("nan"), NO_SECOND), (10**30, 2**62), (-10**30, NO_SECOND + 1)])
def test_seconds(value: object, second: int) -> None:
    assert second_of(value) == second


@pytest.mark.parametrize(("raw", "text"), [
    (rb'"a\u0000b"', r'"a\ufffdb"'), (rb'"\\u0000"', r'"\\u0000"'), (rb'"\\\u0000"', r'"\\\ufffd"'),
    (rb'"\ud83d\ude00"', r'"\ud83d\ude00"'), (rb'"\ud83d"', r'"\ufffd"'), (rb'"\ude00\ud83d"', r'"\ufffd\ufffd"'),
    (rb'"\ud83d\ud83d\ude00"', r'"\ufffd\ud83d\ude00"'), (rb'"\ud83d\u0000"', r'"\ufffd\ufffd"'),
    (rb'"\uD83D\uDE00\uDBFF"', r'"\uD83D\uDE00\ufffd"'), (b'"\xff"', '"\ufffd"'),
    (b'"\xed\xa0\x80"', '"\ufffd\ufffd\ufffd"'),
    ('"\ufffd"'.encode(), '"\ufffd"'), (rb'"\u00000"', r'"\ufffd0"'), (rb'{"\u0000":1}', r'{"\ufffd":1}')])
def test_what_jsonb_refuses_is_replaced_and_nothing_else(raw: bytes, text: str) -> None:
    assert clean(raw) == text.encode()


@given(st.lists(st.sampled_from(["\\", "\\u0000", "\\ud83d", "\\ude00", "u", "0", "a", "\\\\", '\\"', "\ud83d"]))
       .map("".join))
def test_a_cleaned_text_means_the_same_but_for_what_was_replaced(inner: str) -> None:
    raw = f'"{inner}"'.encode("utf-8", "surrogatepass")
    try:
        before = json.loads(raw.decode("utf-8", "replace"))
    except ValueError:
        return
    after = json.loads(clean(raw))
    assert after == "".join("\ufffd" if char == "\0" or 0xD800 <= ord(char) < 0xE000 else char for char in before)


def test_equal_bytes_have_equal_hashes_and_any_other_byte_changes_them() -> None:
    one, same, other = (read(INVOICES, raw, AT) for raw in (b'{"id":1}', b'{"id":1}', b'{"id": 1}'))
    assert one.hash == same.hash != other.hash
    assert read(INVOICES, rb'{"id":1,"x":"\u0000"}', AT).hash != read(INVOICES, rb'{"id":1,"x":"\ufffd"}', AT).hash


def test_new_fields_are_those_that_neither_table_nor_nesting_knows() -> None:
    assert new_fields(frozenset({"id", "items"}), '{"id":1,"items":[],"brand_new":1}') == {"brand_new"}
    assert new_fields(frozenset(), "[1]") == set()
