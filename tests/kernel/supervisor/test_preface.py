"""What is kept for those who begin to read in the middle."""

from kernel.supervisor.preface import Preface


def noted(*notes: tuple[str, bytes]) -> Preface:
    """Return a preface of records numbered from 1: message type and parent."""
    preface = Preface()
    for number, (kind, parent) in enumerate(notes, 1):
        preface.note(kind, number, b"%d" % number, parent)
    return preface


def test_of_the_session_the_newest_records() -> None:
    preface = noted(("session_started", b""), ("kernel_started", b""), ("kernel_started", b""))
    assert preface.lines(99) == {1: b"1", 3: b"3"}


def test_the_order_of_the_queue_and_why_there_is_no_kernel() -> None:
    preface = noted(("queue_ordered", b""), ("kernel_failed", b""), ("queue_ordered", b""))
    assert preface.lines(99) == {2: b"2", 3: b"3"}


def test_cells_under_way_and_those_that_wait() -> None:
    preface = noted(
        ("submitted", b"a"),
        ("submitted", b"b"),
        ("cell_begun", b"a"),
        ("execute_input", b"a"),
        ("stream", b"a"),
        ("submitted", b"c"),
        ("cell_ended", b"a"),
        ("cell_begun", b"b"),
    )
    assert sorted(preface.lines(99)) == [2, 6, 8]


def test_a_question_until_it_is_answered() -> None:
    preface = noted(("submitted", b"a"), ("input_wanted", b"a"))
    assert sorted(preface.lines(99)) == [1, 2]
    preface.note("input_done", 3, b"3", b"a")
    assert sorted(preface.lines(99)) == [1]


def test_nothing_that_comes_later() -> None:
    preface = noted(("session_started", b""), ("submitted", b"a"), ("submitted", b"b"))
    assert sorted(preface.lines(2)) == [1, 2]


def test_the_cell_that_had_begun() -> None:
    preface = noted(("execute_input", b"a"), ("stream", b"a"), ("execute_input", b"b"))
    assert [preface.begun_before(after) for after in range(5)] == [0, 1, 1, 3, 3]


def test_a_cell_that_has_ended_is_not_under_way() -> None:
    preface = noted(
        ("execute_input", b"a"),
        ("stream", b"a"),
        ("cell_ended", b"a"),
        ("submitted", b"b"),
        ("execute_input", b"b"),
        ("execute_input", b"c"),
        ("cell_ended", b"b"),
    )
    assert [preface.begun_before(after) for after in range(8)] == [0, 1, 1, 0, 0, 5, 6, 6]
