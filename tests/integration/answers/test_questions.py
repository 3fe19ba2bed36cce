"""The ten questions of docs/questions.md: each statement runs as it stands, and the answer below it is the answer."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from tests.integration.answers.conftest import Ask

ROOT = Path(__file__).parents[3]
QUESTIONS = ROOT / "docs" / "questions.md"


class Question(NamedTuple):
    title: str
    sql: str
    answer: list[list[str]]
    """Names of the columns, then the cells of each row."""
    trap: str


def questions() -> list[Question]:
    found = []
    for section in QUESTIONS.read_text(encoding="utf-8").split("\n## ")[1:]:
        blocks = re.fullmatch(r"(.+?)\n\n```sql\n(.+?)```\n\n((?:\|.*\n)+)\n\*\*The trap\.\*\* (.+?)\s*", section, re.S)
        assert blocks, f"not a question, its SQL, an answer and the trap: {section[:60]}"
        lines = blocks[3].splitlines()
        answer = [[cell.strip() for cell in line.strip("|").split("|")] for line in [lines[0], *lines[2:]]]
        found.append(Question(blocks[1], blocks[2], answer, blocks[4]))
    return found


def cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.title)
async def test_a_statement_gives_the_answer_below_it(question: Question, ask: Ask) -> None:
    rows = await ask(question.sql)
    assert [list(rows[0].keys()), *([cell(value) for value in row.values()] for row in rows)] == question.answer


async def test_statements_run_for_whoever_has_no_search_path(mirror_database: str) -> None:
    connection = await asyncpg.connect(mirror_database, server_settings={"search_path": ""})
    try:
        for question in questions():
            await connection.fetch(question.sql)
    finally:
        await connection.close()


def test_there_are_ten_each_with_its_trap_and_the_readme_begins_with_one() -> None:
    assert len(questions()) == 10
    assert all(len(question.trap) > 80 for question in questions())
    first = re.search(r"```sql\n(.+?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert first
    assert first[1] in {question.sql for question in questions()}
