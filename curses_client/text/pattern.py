"""What is searched for: a regular expression, or plain text where it is none."""

import re
import warnings
from functools import lru_cache
from typing import Final, NamedTuple

# characters that mean something in a regular expression
SPECIAL: Final = re.compile(r"[][\\.^$*+?{}|()]")


class Pattern(NamedTuple):
    """A compiled pattern; one in lower case stands for both cases."""

    regex: re.Pattern[str]
    is_literal: bool
    folds_case: bool


@lru_cache(maxsize=64)
def compiled(text: str) -> Pattern:
    """Compile what was typed; what is no expression is plain text."""
    # an escape such as \S is no capital
    folds_case = (letters := re.sub(r"\\.", "", text)) == letters.lower()
    flags = re.MULTILINE | (re.IGNORECASE if folds_case else 0)
    try:
        with warnings.catch_warnings():
            # of what may mean something else some day: there is no place to show that
            warnings.simplefilter("ignore")
            return Pattern(re.compile(text, flags), not SPECIAL.search(text), folds_case)
    except (re.error, OverflowError, RecursionError):
        return Pattern(re.compile(re.escape(text), flags), True, folds_case)
