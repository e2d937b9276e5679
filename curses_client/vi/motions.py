"""The motions: each row is a key, how an operator takes it, and the function that finds the place it leads to."""

from typing import Final

from curses_client.vi import moves, places, seeking, words
from curses_client.vi.moves import Find, Kind, Target
from curses_client.vi.places import FAR
from kernel.protocol.value import Value


class Motion(Value):
    """A row of the table; `jumps` says that '' leads back from where it leads."""

    keys: tuple[str, ...]
    kind: Kind
    find: Find
    help: str
    jumps: bool = False


def _m(keys: str, kind: Kind, find: Find, text: str, jumps: bool = False) -> Motion:
    return Motion(tuple(" " if key == "space" else key for key in keys.split(", ")), kind, find, text, jumps)


MOTIONS: Final = (
    _m("h", "exclusive", moves.left, "character left"),
    _m("l", "exclusive", moves.right, "character right"),
    _m("backspace", "exclusive", moves.times(moves.backward), "character left, also into the line above"),
    _m("space", "exclusive", moves.times(moves.forward), "character right, also into the line below"),
    _m("k", "lines", moves.vertically(-1), "line up; in the first line, the entry before"),
    _m("j", "lines", moves.vertically(1), "line down; in the last line, the entry after"),
    _m("gk", "lines", moves.vertically(-1), "line up"),
    _m("gj", "lines", moves.vertically(1), "line down"),
    _m("0", "exclusive", lambda scene, _: Target(places.line_start(scene.text, scene.at)), "column one"),
    _m("^", "exclusive", moves.to_line(lambda _: 0), "first character of the line"),
    _m("$", "inclusive", moves.line_end, "end of the line"),
    _m("|", "exclusive", moves.column, "the column that the count says"),
    _m("w", "exclusive", moves.word(False), "start of the next word"),
    _m("W", "exclusive", moves.word(True), "start of the next word between blanks"),
    _m("b", "exclusive", moves.back(words.previous_start, False), "start of the word"),
    _m("B", "exclusive", moves.back(words.previous_start, True), "start of it between blanks"),
    _m("e", "inclusive", moves.word_end(False), "end of the word"),
    _m("E", "inclusive", moves.word_end(True), "end of it between blanks"),
    _m("ge", "inclusive", moves.back(words.previous_end, False), "end of the word before"),
    _m("gE", "inclusive", moves.back(words.previous_end, True), "end of it between blanks"),
    _m("f", "inclusive", seeking.seek, "next place of a character in the line"),
    _m("F", "exclusive", seeking.seek, "place of a character before, in the line"),
    _m("t", "inclusive", seeking.seek, "up to the next place of a character in the line"),
    _m("T", "exclusive", seeking.seek, "back to behind a character in the line"),
    _m(";", "inclusive", seeking.seek_again(False), "the last f, F, t or T again"),
    _m(",", "inclusive", seeking.seek_again(True), "the last f, F, t or T the other way"),
    _m("_", "lines", moves.to_line(lambda times: times - 1), "first character, count - 1 lines below"),
    _m("+, enter", "lines", moves.to_line(lambda times: times), "first character of the next line"),
    _m("-", "lines", moves.to_line(lambda times: -times), "first character of the line before"),
    _m("G", "lines", moves.to_row(FAR), "last line, or the one that the count says", jumps=True),
    _m("gg", "lines", moves.to_row(0), "first line, or the one that the count says", jumps=True),
    _m("H", "lines", moves.in_sight(lambda count, top, bottom: top + count), "first line that is seen", jumps=True),
    _m("M", "lines", moves.in_sight(lambda count, top, bottom: (top + bottom) // 2), "line in the middle", jumps=True),
    _m("L", "lines", moves.in_sight(lambda count, top, bottom: bottom - count), "last line that is seen", jumps=True),
    _m("ctrl d", "lines", moves.half_page(1), "half a page down; in an empty editor, leave"),
    _m("ctrl u", "lines", moves.half_page(-1), "half a page up"),
    _m(")", "exclusive", moves.times(moves.next_sentence, strictly=True), "next sentence", jumps=True),
    _m("(", "exclusive", moves.times(moves.previous_sentence, strictly=True), "sentence back", jumps=True),
    _m("}", "exclusive", moves.paragraph(1), "next empty line", jumps=True),
    _m("{", "exclusive", moves.paragraph(-1), "empty line before", jumps=True),
    _m("%", "inclusive", seeking.match, "the bracket that belongs to this one", jumps=True),
    _m("/", "exclusive", seeking.search, "search: text, or a regular expression", jumps=True),
    _m("?", "exclusive", seeking.search, "search back", jumps=True),
    _m("n", "exclusive", seeking.search_again(1), "next hit", jumps=True),
    _m("N", "exclusive", seeking.search_again(-1), "hit before", jumps=True),
    _m("*", "exclusive", seeking.word_here(1), "next place of the word under the cursor", jumps=True),
    _m("#", "exclusive", seeking.word_here(-1), "place before of the word under the cursor", jumps=True),
    _m("'", "lines", seeking.mark, "the line of a mark; '' back to before a jump", jumps=True),
    _m("`", "exclusive", seeking.mark, "a mark; `` back to before a jump", jumps=True),
)
BY_KEY: Final = {key: motion for motion in MOTIONS for key in motion.keys}
