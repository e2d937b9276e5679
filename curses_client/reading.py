"""Where a client is in the journal: at its newest end first, then through what was before, from the oldest on."""

from typing import Any, Final

from kernel.protocol.messages import Json, ReadRequest
from kernel.protocol.value import Value

# bytes of the newest records that are asked for first: some screens full
TAIL: Final = 1 << 18


class Part(Value):
    """Records that were read together, with what `curses_client.events.RecordsRead` says about them."""

    records: list[Json]
    head: int
    preface: list[Json] | None = None
    dropped: int = 0
    older: bool = False
    complete: bool = False


class Reading:
    """Decides what to ask for next, and tells what an answer is.

    New records come before older ones, but in a flood of new ones every second answer is of older ones.
    """

    def __init__(self) -> None:
        self._newest = 0
        # the last one of the older records that were read; None when there are none left
        self._older: int | None = None
        self._asks_older = False
        # whether a record that cannot be read is looked for
        self._one_by_one = False

    def request(self, limit: int) -> ReadRequest:
        """Return what to ask for, of about so many bytes."""
        limit = 1 if self._one_by_one else limit
        if self._asks_older and self._older is not None:
            return ReadRequest(self._older, limit)
        return ReadRequest(self._newest, limit, 0 if self._newest or self._one_by_one else TAIL)

    @property
    def has_older(self) -> bool:
        """Whether there are older records that were not read."""
        return self._older is not None

    def again(self) -> None:
        """Take in that an answer was lost with the line: what is asked next is answered in any case."""
        self._asks_older = self._older is not None

    def answered(self, values: dict[str, Any]) -> Part:
        """Take in the content of a `read_reply`."""
        self._one_by_one = False
        older = self._asks_older and self._older is not None
        last = (self._older or 0) if older else self._newest
        head, first = int(values["head"]), int(values.get("first", 1))
        # what was read twice, because the line was lost in between, is taken once
        records = [record for record in values["records"] if record["seq"] > last]
        begins = int(records[0]["seq"]) if records else last + 1
        preface = values.get("preface")
        dropped = begins - last - 1 if preface is not None and begins <= first else 0
        if preface is not None and not older and not last and begins > first:
            self._older = 0
        last = int(records[-1]["seq"]) if records else last
        if older:
            self._older = last if last < self._newest else None
        else:
            self._newest = last
        complete = older and self._older is None
        self._asks_older = self._older is not None and (head <= self._newest or not older)
        return Part(records, head, preface, dropped, older, complete)

    def unreadable(self) -> None:
        """Go on behind a record that is no JSON to this client, such as one with a number of 5,000 digits."""
        if self._one_by_one and self._asks_older and self._older is not None:
            self._older += 1
        elif self._one_by_one:
            self._newest += 1
        # one record at a time until it is passed
        self._one_by_one = True
