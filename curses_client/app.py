"""Wires state, screen, loop and link together, and performs the effects that `update` asks for."""

import gc
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from socket import gethostname
from typing import Any, Final, Literal

import urwid.util
from urwid.event_loop.abstract_loop import ExitMainLoop
from urwid.event_loop.main_loop import MainLoop

from curses_client import events as e
from curses_client.capabilities import look_of, says_light
from curses_client.coming_back import Kept, came_back
from curses_client.configuration.reading import NAME, read
from curses_client.configuring import configured
from curses_client.continued import Continued
from curses_client.cursor_shape import shape_of
from curses_client.debugger import Breakpoint
from curses_client.desk import Desk
from curses_client.files.marks import kept_breakpoints
from curses_client.files.tabs import documents, scratch
from curses_client.given import Given
from curses_client.keeping import Keeper, begin, heirs, is_held
from curses_client.launcher import END_SECONDS, Outcome, Started
from curses_client.link import Link, username
from curses_client.loop import Loop
from curses_client.memory import Memory
from curses_client.modal import prepare
from curses_client.outputs import Pane
from curses_client.panes_kept import keep_panes, kept_panes
from curses_client.pastes import PastedText
from curses_client.pictures import Pictures
from curses_client.ringing import run_command
from curses_client.saving import write
from curses_client.screen import Screen
from curses_client.shown import Look, Rendered
from curses_client.signs import ASCII, signs_of
from curses_client.state import new_state
from curses_client.terminal import Terminal, is_ascii
from curses_client.text.buffer import Buffer
from curses_client.themes.choice import chosen
from curses_client.themes.theme import Theme, Tint
from curses_client.update import update
from curses_client.widgets.flat import FlatRoot
from curses_client.widgets.root import Root
from curses_client.widgets.theme import palette
from kernel.protocol.wire import Author

# seconds after which source gets its colours: Pygments takes 50 ms to load, which the first result should not wait for
_COLOUR_AFTER_READY: Final = 0.1
_COLOUR_AT_LAST: Final = 2.0
_TICK_SECONDS: Final = 1.0
# seconds in which the last records of a supervisor that has ended arrive
_LAST_WORDS: Final = 0.5
# seconds after which a change is on disk
_KEEP_SECONDS: Final = 0.5
# between two looks at what another process is doing
_LOOK_SECONDS: Final = 0.1


def _render(bundle: Mapping[str, Any], metadata: Mapping[str, Any], look: Look, opened: frozenset[str]) -> Rendered:
    """Make lines of a value; most sessions show nothing but text."""
    from curses_client.rendering import render

    return render(bundle, metadata, look, opened)


def _screen(terminal: Terminal) -> Screen:
    if not terminal.is_flat:
        return Screen(terminal.reading, terminal.writing, terminal.original, is_asked=terminal.has_asked)
    # most do not use it
    from curses_client.flat_screen import FlatScreen

    return FlatScreen(terminal.reading, terminal.writing, terminal.original)


class App:
    """One client on one session."""

    def __init__(self, terminal: Terminal, started: Started, given: Given | None = None) -> None:
        """Show a session on a terminal, with what is given in the editor."""
        urwid.util.set_encoding("utf-8")
        cols, rows = terminal.size()
        self._started = started
        self._terminal = terminal
        author = Author(username())
        self._link = Link(started.transport(author.session), started.wire(), author, self.dispatch)
        was_away = started.keeping is None or not is_held(started.keeping)
        self._keeper, kept = self._begin_keeping()
        self._heirs = heirs(kept, self._link.session)
        left = kept if kept is not None else Kept()
        self._given = given or Given()
        self._left = left.files, left.tab
        state = new_state(cols, rows, time.time(), self._link.session, Pane(_render))
        self._state = came_back(state, kept, was_away=was_away)
        self._state = replace(self._state, read_only=started.read_only, host=started.host, username=author.username)
        self._state = replace(self._state, machine=gethostname())
        self._kept = self._to_keep(0)
        self._keeping = False
        self._keeping_fails = False
        self._configuration = read(os.environ, NAME)
        self._state = configured(self._state, self._configuration.options, self._configuration.problems)
        if self._state.options.flat:
            terminal.flatten()
        self._screen = _screen(terminal)
        colors = self._colors = self._screen.use_colors(os.environ)
        signs = signs_of(self._state.options.signs, os.environ, is_ascii=is_ascii(os.environ))
        self._state = replace(self._state, is_light=says_light(os.environ), signs=signs)
        if self._state.options.remembers_panes:
            self._state = replace(self._state, panes=kept_panes(os.environ))
        look = look_of(os.environ, 16 if colors == 8 else colors, terminal.writing)
        # pictures that are drawn with blocks need these
        if terminal.is_flat or (signs == ASCII and look.pictures == "blocks"):
            look = replace(look, pictures="none")
        self._state = replace(self._state, look=look)
        self._root = (FlatRoot if terminal.is_flat else Root)(self._state, colors)
        self._loop = Loop()
        self._memory = Memory(lambda: self._state, self._loop, self.dispatch)
        self._desk = Desk(lambda: self._state, self._loop, self.dispatch)
        self._screen.use(self._loop)
        self._main = MainLoop(self._root, [], self._screen, event_loop=self._loop, input_filter=self._typed)
        self._continued = Continued(self._goes_on)
        self._ticking = False
        self._searching = False
        self._pictures = Pictures(self._screen.give)
        self._lexer = ""
        self._paint()
        self._settling = False
        self.outcome: Outcome | None = None

    def _begin_keeping(self) -> tuple[Keeper | None, Kept | None]:
        """Find what a client that is gone has kept, and where to keep what is typed here."""
        directory = self._started.keeping
        try:
            return begin(directory, self._link.session) if directory is not None else (None, None)
        except OSError as error:
            # to the log; the first thing typed says it on the screen
            print(f"nothing can be kept in {directory}: {error.strerror}", flush=True)
            return None, None

    @property
    def failure(self) -> str | None:
        """Why the kernel could not be started, as far as this client was told."""
        return self._state.session.failure

    @property
    def session_name(self) -> str:
        """What the session is called now, as far as this client was told."""
        return self._state.session.name

    def run(self) -> Outcome:
        """Show the session until the user leaves it or it ends."""
        for source in self._link.sources:
            self._loop.watch(source)
        self._loop.watch(self._continued)
        self._started.follow(self._loop, self._told)
        self._link.start_reading()
        # the first frame does not wait for it
        self._loop.alarm(0, self._memory.begin)
        self._loop.after_frame(self._drawn)
        self._loop.alarm(_COLOUR_AT_LAST, self._settle)
        left, tab = self._left
        self._desk.begin(left, tab, self._given)
        self._terminal.is_ours = False
        try:
            self._main.run()
        finally:
            # urwid's screen stops in every case; if it could not, the terminal is restored without it
            self._terminal.is_ours = bool(self._screen.started)
        self._desk.finish()
        self._continued.close()
        self._link.close()
        self._end_keeping()
        self._memory.close()
        return self.outcome or "detach"

    # ---- events ------------------------------------------------------------------------------------------

    def dispatch(self, event: e.Event) -> None:
        """Take an event in: the only way in which anything here changes."""
        self._state, effects = update(self._state, event)
        for effect in effects:
            self._perform(effect)
        if isinstance(event, e.RecordsRead):
            self._follow_session()
        self._root.show(self._state)
        self._screen.shape_cursor(shape_of(self._state))
        self._screen.decide_on_esc(soon=self._state.options.keys == "vi")
        self._loop.request_frame()
        if not self._ticking and (self._state.session.running or self._state.message):
            self._ticking = True
            self._loop.alarm(_TICK_SECONDS, self._tick)
        if not self._searching and self._is_searching:
            self._searching = True
            self._loop.alarm(0, self._search_on)
        self._desk.watch()
        if not self._keeping and self._to_keep(self._state.session.seq) != self._kept:
            self._keeping = True
            self._loop.alarm(_KEEP_SECONDS, self._keep)

    @property
    def _is_searching(self) -> bool:
        """Whether there is more to look through of what is searched."""
        search, recall = self._state.search, self._state.recall
        return (search is not None and search.is_busy) or (recall is not None and not recall.finder.is_complete)

    def _typed(self, keys: list[Any], raw: list[int]) -> list[Any]:
        """Turn urwid's input into events; urwid itself is left with nothing but a resize."""
        self._state, _ = update(self._state, e.Ticked(time.time()))
        focus = self._screen.has_focus
        if focus is not None and (focus, True) != (self._state.has_focus, self._state.tells_focus):
            self.dispatch(e.FocusChanged(focus))
        if (is_light := self._screen.ground.is_light) is not None and is_light != self._state.is_light:
            self.dispatch(e.GroundFound(is_light))
        if self._screen.has_sixels and self._state.look.pictures == "blocks":
            self.dispatch(e.SixelsFound())
        self._memory.look()
        for key in keys:
            if isinstance(key, PastedText):
                self.dispatch(e.Pasted(str(key)))
            elif key == "window resize":
                self.dispatch(e.Resized(*self._screen.get_cols_rows()))
            elif isinstance(key, str):
                self.dispatch(e.KeyPressed(key))
            elif len(key) == 4 and key[0].endswith("mouse press"):
                self.dispatch(self._pressed(*map(int, key[1:])))
            elif len(key) == 4 and key[0].endswith("mouse drag"):
                self.dispatch(e.MouseDragged(int(key[2]), int(key[3])))
        return [key for key in keys if key == "window resize"]

    def _pressed(self, button: int, col: int, row: int) -> e.Event:
        """Return what a button of the mouse means: the key or the tab that is named there, or the place itself."""
        if button == 1 and (key := self._root.key_at(col, row)):
            return e.KeyPressed(key)
        if button == 1 and (tab := self._root.tab_at(col, row)) is not None:
            return e.TabChosen(tab)
        return e.MousePressed(button, col, row)

    def _tick(self) -> None:
        self._ticking = False
        self.dispatch(e.Ticked(time.time()))

    def _search_on(self) -> None:
        self._searching = False
        self.dispatch(e.SearchGoesOn())

    def _to_keep(self, seen: int) -> tuple[Buffer, tuple[Breakpoint, ...], int]:
        """Return what is written down once it is another: the editor, and how far the session was seen."""
        return self._state.editor.buffer, self._state.editor.breakpoints, seen

    def _keep(self) -> None:
        """Write down what was typed and not run or saved, and how far the session was seen."""
        self._keeping = False
        seen = self._state.session.seq
        self._kept = self._to_keep(seen)
        try:
            self._desk.keep()
            if self._keeper is not None:
                # with what was run, as far as a lost line kept it from the kernel
                unsent = "".join(f"{source}\n" for source in self._state.unsent)
                buffer = scratch(self._state).buffer
                text, row = unsent + buffer.text, unsent.count("\n") + buffer.row
                files = tuple(document.path for document in documents(self._state))
                marks = kept_breakpoints(self._state)
                kept = Kept(text, row, buffer.col, seen, time.time(), self._heirs, files, self._state.tab, marks)
                self._keeper.keep(kept)
        except OSError as error:
            if not self._keeping_fails:
                self.dispatch(e.NotKept(error.strerror or str(error)))
            self._keeping_fails = True
        else:
            self._keeping_fails = False

    def _end_keeping(self) -> None:
        self._keep()
        self._desk.close()
        if self._keeper is None:
            return
        if self.outcome == "quit" and scratch(self._state).buffer.is_empty:
            self._keeper.remove()
        else:
            self._keeper.close()

    def _told(self, event: e.Event) -> None:
        """Take in what becomes of the line and of the supervisor."""
        if isinstance(event, e.SupervisorEnded):
            self._supervisor_gone()
        else:
            self.dispatch(event)

    def _supervisor_gone(self) -> None:
        if self.outcome == "quit":
            raise ExitMainLoop
        if self._started.is_new and not self._state.session.was_ready:
            self.outcome = "failed"
            raise ExitMainLoop
        self._loop.alarm(_LAST_WORDS, self._link.end)
        self.dispatch(e.SupervisorEnded())

    # ---- effects -----------------------------------------------------------------------------------------

    def _perform(self, effect: e.Effect) -> None:
        match effect:
            case e.Submit(source, columns, origin, subshell):
                self._link.submit(source, columns, origin, subshell)
            case e.Ask(tag, msg_type, content, subshell):
                self._link.ask("shell", msg_type, content, tag, subshell)
            case e.Control(msg_type, content, tag):
                self._link.ask("control", msg_type, content, tag)
            case e.AnswerInput(request, value):
                self._link.answer_input(request, value)
            case e.SetTimer(tag, seconds):
                self._loop.alarm(seconds, lambda: self.dispatch(e.Expired(tag)))
            case _:
                self._perform_here(effect)

    def _perform_here(self, effect: e.Effect) -> None:
        """Do what has nothing to do with the kernel."""
        match effect:
            case e.Leave(how):
                self._leave(how)
            case e.Redraw():
                self._screen.clear()
            case e.Paint():
                self._paint()
            case e.Suspend():
                self._suspend()
            case e.Edit(path, line):
                self._edit(path, line)
            case e.EditText(text, line, suffix):
                self._edit_text(text, line, suffix)
            case e.Show(text, how):
                self._show(text, how)
            case e.Copy(text):
                self._copy(text)
            case e.Save(path, None, over):
                self._export(path, over=over)
            case e.Save(path, bytes(data), over):
                self.dispatch(write(path, data, over=over))
            case e.Ring(title, text):
                self._ring(title, text)
            case _:
                self._perform_on_disk(effect)

    def _perform_on_disk(self, effect: e.Effect) -> None:
        """Read and write what the user has: configuration, history, files, how the screen is divided."""
        match effect:
            case e.ReadConfiguration():
                self._read_configuration()
            case e.Remember(items):
                self._memory.add(items)
            case e.KeepPanes(panes):
                if self._state.options.remembers_panes:
                    keep_panes(panes, os.environ)
            case e.ReadFile():
                self._desk.read(effect)
            case e.WriteFile():
                self._desk.write(effect)
            case e.TakeOver(path):
                self._desk.take_over(path)
            case e.Discard(path):
                self._desk.forget(path)
            case e.CompletePath(text):
                self._desk.complete(text)

    def _leave(self, how: Outcome) -> None:
        self.outcome = how
        if how != "quit":
            raise ExitMainLoop
        # the supervisor's end ends the loop; one that does not end does not keep the user
        self._loop.alarm(END_SECONDS, self._give_up)

    def _give_up(self) -> None:
        raise ExitMainLoop

    def _suspend(self) -> None:
        """Stop the process; the shell has the terminal as it was until it brings us back."""
        with self._main.paused():
            # the whole group, as a terminal does; where no shell could bring it back, the system stops nobody
            os.kill(0, signal.SIGTSTP)
        self._continued.forget()
        self.dispatch(e.Resized(*self._screen.get_cols_rows()))

    def _goes_on(self) -> None:
        """Take the terminal back that the shell had while somebody else had stopped this process."""
        with self._main.paused():
            pass
        self.dispatch(e.Resized(*self._screen.get_cols_rows()))

    def _edit(self, path: str, line: int) -> None:
        """Give the terminal to the user's editor; the session goes on meanwhile."""
        # takes a while to import, and is rarely needed
        from curses_client.editors import edit, text_of

        with self._main.paused():
            failure = edit(path, line, (self._terminal.reading, self._terminal.writing), os.environ)
        self.dispatch(e.Resized(*self._screen.get_cols_rows()))
        self.dispatch(e.Edited(path, text_of(path), failure))

    def _edit_text(self, text: str, line: int, suffix: str) -> None:
        """Give the terminal to the user's editor for what is being written here."""
        from curses_client.editors import edit_text

        with self._main.paused():
            after, failure, kept = edit_text(
                text, line, suffix, (self._terminal.reading, self._terminal.writing), os.environ
            )
        self.dispatch(e.Resized(*self._screen.get_cols_rows()))
        self.dispatch(e.TextEdited(after, failure, kept))

    def _export(self, path: str, *, over: bool) -> None:
        """Have another process export the session: it may take as long as it has journal."""
        from curses_client.background import Export

        name, host = self._state.session.name, self._state.host
        self._look_for(Export(name, host, path, over=over).result)

    def _copy(self, text: str) -> None:
        """Put text on the clipboard, inside tmux by way of that as well."""
        copied = e.Copied(text.count("\n") + (not text.endswith("\n")), self._screen.copy(text))
        if not os.environ.get("TMUX"):
            self.dispatch(copied)
            return
        from curses_client.background import ToTmux

        self._look_for(ToTmux(text, copied).result)

    def _look_for(self, result: Callable[[], e.Event | None]) -> None:
        """Dispatch what another process has done once there is a result."""
        found = result()
        if found is None:
            self._loop.alarm(_LOOK_SECONDS, lambda: self._look_for(result))
        else:
            self.dispatch(found)

    def _show(self, text: str, how: Literal["pager", "editor"]) -> None:
        """Give the terminal to the user's pager or editor for an output."""
        from curses_client.editors import show

        with self._main.paused():
            failure = show(text, how, (self._terminal.reading, self._terminal.writing), os.environ)
        self.dispatch(e.Resized(*self._screen.get_cols_rows()))
        if failure is not None:
            self.dispatch(e.Edited("", "", failure))

    def _read_configuration(self) -> None:
        """Read the configuration again: its file may have changed."""
        before, after = self._configuration, read(os.environ, NAME)
        self._configuration = after
        tables = {table for table, _ in before.given.keys() | after.given.keys()}
        for_kernels = any(before.table(name) != after.table(name) for name in tables & {"kernel", "journal", "session"})
        self.dispatch(e.ConfigurationRead(after.options, after.problems, for_kernels=for_kernels))
        signs = signs_of(self._state.options.signs, os.environ, is_ascii=is_ascii(os.environ))
        self._state = replace(self._state, signs=signs)
        self._paint()

    def _ring(self, title: str, text: str) -> None:
        """Tell the user, who looks elsewhere, that something is over."""
        how, command = self._state.options.notify_how, self._state.options.notify_command
        if how == "bell":
            self._screen.ring()
        elif how == "notification":
            self._screen.notify(title, text)
        elif how == "command" and command:
            try:
                run_command(command, title, text)
            except OSError as error:
                print(f"cannot run {command!r}: {error.strerror}", flush=True)

    # ---- when there is time ------------------------------------------------------------------------------

    def _follow_session(self) -> None:
        """Load what waits for the kernel to be ready, and change the colours with its language."""
        if not self._settling and self._state.session.was_ready:
            self._settling = True
            self._loop.alarm(_COLOUR_AFTER_READY, self._settle)
        if self._lexer not in ("", self._state.session.lexer):
            self._use_lexer()

    def _settle(self) -> None:
        """Load what the first frames did without, and keep the collector from what stays; once."""
        if self._lexer:
            return
        self._use_lexer()
        if self._state.options.keys == "vi":
            prepare()
        if self._state.options.code_style:
            self._paint()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        gc.enable()
        self._memory.load()
        self._loop.request_frame()

    def _drawn(self) -> None:
        """Have another frame drawn when the last one was not complete."""
        if self._pictures.drawn(self._state, self._root.transmissions):
            self._screen.clear()
            self._loop.request_frame()
        if self._root.is_unfinished:
            self._root.show(self._state)
            self._loop.request_frame()

    def _use_lexer(self) -> None:
        self._lexer = self._state.session.lexer
        self._root.use_lexer(self._lexer)

    # ---- colours -----------------------------------------------------------------------------------------

    def _paint(self) -> None:
        """Use the colours of the theme, and for code those of the style of Pygments once that is loaded."""
        theme = chosen(self._state.options.theme, is_light=self._state.is_light)
        self._screen.register_palette(palette(theme, self._colors, self._code_tints(theme)))
        self._screen.clear()

    def _code_tints(self, theme: Theme) -> dict[str, Tint]:
        style = self._state.options.code_style
        if not style or not self._lexer:
            return {}
        from curses_client.themes.code import UnknownStyleError, tints

        try:
            return tints(style, theme.tints)
        except UnknownStyleError as error:
            self.dispatch(e.StyleUnknown(str(error)))
            return {}
