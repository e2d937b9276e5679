"""Wires state, screen, loop and link together, and performs the effects that `update` asks for."""

import gc
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

import urwid.util
from urwid.event_loop.abstract_loop import ExitMainLoop
from urwid.event_loop.main_loop import MainLoop

from curses_client import events as e
from curses_client.capabilities import look_of
from curses_client.coming_back import Kept, came_back
from curses_client.continued import Continued
from curses_client.keeping import Keeper, begin, heirs, is_held
from curses_client.launcher import END_SECONDS, Outcome, Started
from curses_client.link import Link, username
from curses_client.loop import Loop
from curses_client.outputs import Pane
from curses_client.pastes import PastedText
from curses_client.pictures import Pictures
from curses_client.saving import write
from curses_client.screen import Screen
from curses_client.settings import read_settings, run_command
from curses_client.shown import Look, Rendered
from curses_client.state import new_state
from curses_client.terminal import Terminal
from curses_client.update import HISTORY_LIMIT, update
from curses_client.widgets.root import Root
from curses_client.widgets.theme import PALETTE
from kernel.protocol.messages import HistoryRequest
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


class App:
    """One client on one session."""

    def __init__(self, terminal: Terminal, started: Started) -> None:
        urwid.util.set_encoding("utf-8")
        cols, rows = terminal.size()
        self._started = started
        self._terminal = terminal
        author = Author(username())
        self._link = Link(started.transport(author.session), started.wire(), author, self.dispatch)
        was_away = started.keeping is None or not is_held(started.keeping)
        self._keeper, kept = self._begin_keeping()
        self._heirs = heirs(kept, self._link.session)
        state = new_state(cols, rows, time.time(), self._link.session, Pane(_render))
        self._state = came_back(state, kept, was_away=was_away)
        self._state = replace(self._state, read_only=started.read_only, host=started.host, username=author.username)
        self._kept = self._state.editor.buffer, 0
        self._keeping = False
        self._keeping_fails = False
        self._screen = Screen(terminal.reading, terminal.writing, terminal.original)
        colors = 1 if os.environ.get("NO_COLOR") else self._screen.colors
        self._screen.set_terminal_properties(colors=colors)
        self._settings = read_settings(os.environ)
        notice = self._settings.notify.after if self._settings.notify.how != "none" else None
        self._state = replace(self._state, rings_after=notice)
        for problem in self._settings.problems:
            self._state.transcript.add_notice(problem, alarming=True)
        self._state = replace(self._state, look=look_of(os.environ, colors, terminal.writing))
        self._root = Root(self._state, colors)
        self._loop = Loop()
        self._screen.use(self._loop)
        self._main = MainLoop(self._root, PALETTE, self._screen, event_loop=self._loop, input_filter=self._typed)
        self._continued = Continued(self._goes_on)
        self._ticking = False
        self._searching = False
        self._pictures = Pictures(self._screen.give)
        self._lexer = ""
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
        self._link.ask("shell", "history_request", HistoryRequest(n=HISTORY_LIMIT), 0)
        self._loop.enter_idle(self._drawn)
        self._loop.alarm(_COLOUR_AT_LAST, self._settle)
        self._terminal.is_ours = False
        try:
            self._main.run()
        finally:
            # urwid's screen stops in every case; if it could not, the terminal is restored without it
            self._terminal.is_ours = bool(self._screen.started)
        self._continued.close()
        self._link.close()
        self._end_keeping()
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
        self._loop.request_frame()
        if not self._ticking and (self._state.session.running or self._state.message):
            self._ticking = True
            self._loop.alarm(_TICK_SECONDS, self._tick)
        if not self._searching and self._state.search is not None and self._state.search.is_busy:
            self._searching = True
            self._loop.alarm(0, self._search_on)
        if not self._keeping and (self._state.editor.buffer, self._state.session.seq) != self._kept:
            self._keeping = True
            self._loop.alarm(_KEEP_SECONDS, self._keep)

    def _typed(self, keys: list[Any], raw: list[int]) -> list[Any]:
        """Turn urwid's input into events; urwid itself is left with nothing but a resize."""
        self._state, _ = update(self._state, e.Ticked(time.time()))
        focus = self._screen.has_focus
        if focus is not None and (focus, True) != (self._state.has_focus, self._state.tells_focus):
            self.dispatch(e.FocusChanged(focus))
        for key in keys:
            if isinstance(key, PastedText):
                self.dispatch(e.Pasted(str(key)))
            elif key == "window resize":
                self.dispatch(e.Resized(*self._screen.get_cols_rows()))
            elif isinstance(key, str):
                self.dispatch(e.KeyPressed(key))
            elif len(key) == 4 and key[0].endswith("mouse press"):
                self.dispatch(e.MousePressed(int(key[1]), int(key[2]), int(key[3])))
            elif len(key) == 4 and key[0].endswith("mouse drag"):
                self.dispatch(e.MouseDragged(int(key[2]), int(key[3])))
        return [key for key in keys if key == "window resize"]

    def _tick(self) -> None:
        self._ticking = False
        self.dispatch(e.Ticked(time.time()))

    def _search_on(self) -> None:
        self._searching = False
        self.dispatch(e.SearchGoesOn())

    def _keep(self) -> None:
        """Write down what was typed and not run, and how far the session was seen."""
        self._keeping = False
        if self._keeper is None:
            return
        buffer, seen = self._kept = self._state.editor.buffer, self._state.session.seq
        try:
            # with what was run, as far as a lost line kept it from the kernel
            unsent = "".join(f"{source}\n" for source in self._state.unsent)
            text, row = unsent + buffer.text, unsent.count("\n") + buffer.row
            self._keeper.keep(Kept(text, row, buffer.col, seen, time.time(), self._heirs))
        except OSError as error:
            if not self._keeping_fails:
                self.dispatch(e.NotKept(error.strerror or str(error)))
            self._keeping_fails = True
        else:
            self._keeping_fails = False

    def _end_keeping(self) -> None:
        if self._keeper is None:
            return
        if self.outcome == "quit" and self._state.editor.buffer.is_empty:
            self._keeper.remove()
            return
        self._keep()
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
            case e.Submit(source, columns):
                self._link.submit(source, columns)
            case e.Ask(tag, msg_type, content):
                self._link.ask("shell", msg_type, content, tag)
            case e.Control(msg_type, content):
                self._link.ask("control", msg_type, content, 0)
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
            case e.Suspend():
                self._suspend()
            case e.Edit(path, line):
                self._edit(path, line)
            case e.Show(text, how):
                self._show(text, how)
            case e.Copy(text):
                self.dispatch(e.Copied(text.count("\n") + (not text.endswith("\n")), self._screen.copy(text)))
            case e.Save(path, None, over):
                self._export(path, over=over)
            case e.Save(path, bytes(data), over):
                self.dispatch(write(path, data, over=over))
            case e.Ring(title, text):
                self._ring(title, text)

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

    def _export(self, path: str, *, over: bool) -> None:
        """Have another process export the session: it may take as long as it has journal."""
        from curses_client.background import Export

        name, host = self._state.session.name, self._state.host
        export = Export(name, host, path, over=over)

        def look() -> None:
            saved = export.result()
            if saved is None:
                self._loop.alarm(_LOOK_SECONDS, look)
            else:
                self.dispatch(saved)

        look()

    def _show(self, text: str, how: Literal["pager", "editor"]) -> None:
        """Give the terminal to the user's pager or editor for an output."""
        from curses_client.editors import show

        with self._main.paused():
            failure = show(text, how, (self._terminal.reading, self._terminal.writing), os.environ)
        self.dispatch(e.Resized(*self._screen.get_cols_rows()))
        if failure is not None:
            self.dispatch(e.Edited("", "", failure))

    def _ring(self, title: str, text: str) -> None:
        """Tell the user, who looks elsewhere, that something is over."""
        notify = self._settings.notify
        if notify.how == "bell":
            self._screen.ring()
        elif notify.how == "notification":
            self._screen.notify(title, text)
        elif notify.how == "command" and notify.command:
            try:
                run_command(notify.command, title, text)
            except OSError as error:
                print(f"cannot run {notify.command!r}: {error.strerror}", flush=True)

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
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        gc.enable()
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
