"""What is asked for next, played against a journal that answers as a supervisor does."""

from typing import Any

import pytest

from curses_client.reading import TAIL, Part, Reading
from kernel.protocol.messages import Json, ReadRequest

LIMIT = 1000


class Journal:
    """Records of equal size, of which the newest `tail` are sent first to who has read nothing."""

    def __init__(self, head: int, first: int = 1, tail: int = 5, page: int = 4) -> None:
        self.head, self.first, self.tail, self.page = head, first, tail, page

    def answer(self, request: ReadRequest) -> Json:
        after, size = request.after, self.page
        preface: Json = {}
        if request.tail and self.head - self.tail > self.first:
            after, size = self.head - self.tail, self.tail
            preface = {"preface": [{"seq": after - 1}]}
        elif after + 1 < self.first:
            after, preface = self.first - 1, {"preface": []}
        if request.limit == 1:
            size = 1
        records = [{"seq": number} for number in range(after + 1, min(after + size, self.head) + 1)]
        return {"head": self.head, "first": self.first, "records": records, **preface}


def numbers(part: Part) -> list[int]:
    return [record["seq"] for record in part.records]


def parts(journal: Journal, reading: Reading, count: int) -> list[Part]:
    return [reading.answered(journal.answer(reading.request(LIMIT))) for _ in range(count)]


def test_a_short_journal_is_read_from_its_beginning_and_on() -> None:
    journal, reading = Journal(head=5), Reading()
    assert reading.request(LIMIT) == ReadRequest(0, LIMIT, TAIL)
    assert [numbers(part) for part in parts(journal, reading, 2)] == [[1, 2, 3, 4], [5]]
    assert reading.request(LIMIT) == ReadRequest(5, LIMIT)


def test_of_a_long_one_the_newest_come_first() -> None:
    journal, reading = Journal(head=20), Reading()
    newest, *older = parts(journal, reading, 6)
    assert numbers(newest) == [16, 17, 18, 19, 20]
    assert newest.preface == [{"seq": 14}]
    assert [number for part in older for number in numbers(part)] == list(range(1, 21))
    assert [part.older for part in older] == [True] * 5
    assert [part.complete for part in older] == [False] * 4 + [True]
    assert reading.request(LIMIT) == ReadRequest(20, LIMIT)


def test_in_a_flood_older_ones_are_read_with_every_second_answer() -> None:
    journal, reading = Journal(head=20), Reading()
    seen: dict[bool, list[int]] = {False: [], True: []}
    kinds = []
    for _ in range(12):
        (part,) = parts(journal, reading, 1)
        seen[part.older] += numbers(part)
        kinds.append(part.older)
        journal.head += 4
    assert kinds == [False, *[True, False] * 5, True]
    assert seen[False] == list(range(16, 16 + len(seen[False])))
    assert seen[True] == list(range(1, 1 + len(seen[True])))


def test_it_is_complete_when_it_has_caught_up_with_what_came_meanwhile() -> None:
    journal, reading = Journal(head=20), Reading()
    seen: list[int] = []
    while True:
        (part,) = parts(journal, reading, 1)
        seen += numbers(part) if part.older else []
        if part.complete:
            break
        journal.head = min(journal.head + 1, 30)
    assert seen == list(range(1, len(seen) + 1))
    assert seen[-1] >= 25


def test_what_was_dropped_is_counted() -> None:
    journal, reading = Journal(head=8, first=5), Reading()
    (part,) = parts(journal, reading, 1)
    assert (numbers(part), part.preface, part.dropped) == ([5, 6, 7, 8], [], 4)


def test_what_was_dropped_before_the_older_ones() -> None:
    journal, reading = Journal(head=40, first=11), Reading()
    newest, older = parts(journal, reading, 2)
    assert (newest.dropped, older.dropped) == (0, 10)
    assert numbers(older)[0] == 11


def test_what_was_dropped_while_it_was_read() -> None:
    journal, reading = Journal(head=4), Reading()
    parts(journal, reading, 1)
    journal.head, journal.first = 20, 10
    (part,) = parts(journal, reading, 1)
    assert (numbers(part), part.dropped) == ([10, 11, 12, 13], 5)


@pytest.mark.parametrize("lost", [0, 1, 2, 5])
def test_answers_lost_with_the_line(lost: int) -> None:
    journal, reading = Journal(head=20), Reading()
    seen: dict[bool, list[int]] = {False: [], True: []}
    for number in range(20):
        if number == lost:
            reading.request(LIMIT)
            reading.again()
        (part,) = parts(journal, reading, 1)
        seen[part.older] += numbers(part)
        if part.complete:
            break
    assert seen == {False: list(range(16, 21)), True: list(range(1, 21))}


@pytest.mark.parametrize("bad", [1, 3, 9, 17])
def test_around_a_record_that_cannot_be_read(bad: int) -> None:
    journal, reading = Journal(head=20), Reading()
    seen: dict[bool, list[int]] = {False: [], True: []}

    def reads(values: dict[str, Any]) -> bool:
        return all(record["seq"] != bad for record in values["records"])

    for _ in range(100):
        values = journal.answer(reading.request(LIMIT))
        if not reads(values):
            reading.unreadable()
            continue
        part = reading.answered(values)
        seen[part.older] += numbers(part)
        if part.complete:
            break
    assert [number for number in range(1, 21) if number not in {*seen[True], *seen[False]}] == [bad]
