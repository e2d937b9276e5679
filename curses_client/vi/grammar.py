"""What keys make a whole command: registers and counts, an operator and its motion, and what some of them are given."""

from typing import Final, Literal

from curses_client.vi import actions, block, motions, objects, operators, registers
from curses_client.vi.values import Command

Keys = tuple[str, ...]

# commands and motions that are followed by a character, or by a line that is typed
GIVEN: Final = frozenset({"f", "F", "t", "T", "r", "m", "'", "`", "q", "@"})
TYPED: Final = frozenset({"/", "?"})
_MOST: Final = 9999

_OPERATED: Final = frozenset({*motions.BY_KEY, *objects.BY_KEY})
AGAIN: Final = "."
NORMAL: Final = frozenset({AGAIN, *motions.BY_KEY, *operators.BY_KEY, *actions.ACTION_BY_KEY, *actions.SHORT})
SELECTING: Final = frozenset({*_OPERATED, *actions.SELECTING_BY_KEY, *actions.SELECTED_TOO, *block.BY_KEY})


def read(keys: Keys, selecting: bool) -> Command | Literal["more", "wrong"]:
    """Return the command that keys make, or whether they are too few for one or begin none."""
    count, register, rest = _prefix(keys)
    if rest is None:
        return "wrong"
    name, rest = _name(rest, SELECTING if selecting else NORMAL)
    if name in ("more", "wrong"):
        return name  # type: ignore[return-value]
    if name in operators.BY_KEY and not selecting:
        return _operated(Command(name, count, register), rest)
    return _given(Command(name, count, register), name, rest)


def _prefix(keys: Keys) -> tuple[int | None, str, Keys | None]:
    """Return the count and the register, in any order, and the other keys; None for them if one is none."""
    count, register = None, ""
    while keys:
        if keys[0] == '"' and len(keys) > 1:
            register, keys = keys[1], keys[2:]
            if register not in registers.NAMES:
                return count, register, None
        elif _is_digit(keys[0]) and (keys[0] != "0" or count is not None):
            count, keys = min((count or 0) * 10 + int(keys[0]), _MOST), keys[1:]
        else:
            break
    return count, register, keys


def _is_digit(key: str) -> bool:
    return len(key) == 1 and key in "0123456789"


def _name(keys: Keys, names: frozenset[str]) -> tuple[str, Keys]:
    """Return the command's name, of one key or two, and the keys behind it; or that there is more to come, or none."""
    if not keys or keys == ('"',):
        return "more", ()
    for length in (1, 2):
        if (name := "".join(keys[:length])) in names and len(keys) >= length:
            return name, keys[length:]
    is_begun = len(keys) == 1 and any(len(name) == 2 and name[0] == keys[0] for name in names)
    return ("more" if is_begun else "wrong"), ()


def _operated(command: Command, keys: Keys) -> Command | Literal["more", "wrong"]:
    """Return an operator with its motion, whose count is multiplied with its own."""
    count, _, rest = _prefix(keys)
    if not rest:
        return "more" if rest is not None else "wrong"
    if count is not None:
        command = Command(command.key, min(count * command.times, _MOST), command.register)
    # doubled, the second letter of a long one is enough
    if rest[0] == command.key[-1] or "".join(rest[:2]) == command.key:
        return Command(command.key, command.count, command.register, command.key)
    if len(command.key) == 2 and rest == (command.key[0],):
        return "more"
    name, rest = _name(rest, _OPERATED)
    if name in ("more", "wrong"):
        return name  # type: ignore[return-value]
    return _given(Command(command.key, command.count, command.register, name), name, rest)


def _given(command: Command, name: str, keys: Keys) -> Command | Literal["more", "wrong"]:
    """Return a command with what it is to be given."""
    if name not in GIVEN | TYPED:
        return command
    if not keys:
        return "more"
    argument = "\n" if keys[0] == "enter" and name == "r" else "\t" if keys[0] == "tab" else keys[0]
    if name in GIVEN and (len(argument) != 1 or not (argument.isprintable() or argument in "\n\t")):
        return "wrong"
    return Command(command.key, command.count, command.register, command.motion, argument)
