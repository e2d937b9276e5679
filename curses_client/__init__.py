"""The side that people see: a full-screen terminal client in one urwid main loop.

Everything that happens is an event (`events`), and `update.update(state, event)` is the only door to the state: it
returns the next state and the effects that are asked for.  `keymap` names the command of each key in the set that the
user has chosen, `commands` has them and `editing` those of the editor, `session` folds journal records into the state.
These modules, `state` and `text` know neither urwid nor zmq.  `vi` has the modes of who has its keys, `modal` brings
them into the editor.  `helping` is help while typing: completions, signatures, documentation and suggestions, whose
values are `offers`.  `files` are those in the editor.  `panes` are the parts of the screen, `panel` that of the queue,
`peeking` looks where the running cell is `standing`, `stepping` is the prompt of a debugger and `debugging` where that
stands, `breakpoints` are those in the editor's margin, set through the kernel's `debugger`, `beside` runs something
while a cell runs, `palette` finds any command, `hints` help after a mistake, `coming_back` is what is there for who
comes back, `stray` what is typed for a question that is gone; `remembering` and `recall` are the `history` in the
editor and its panel, `memory` has it read and written, and `desk` the files.

`widgets` draw a state on a canvas and never act on keys, in the colours of `themes` and with `signs`; `flat` says in
lines what they draw, for screen readers and terminals that only print.  `screen` and `loop` are the terminal and the
event loop.  `link` says what is asked and hears what comes, `reading` decides which part of the journal comes next;
how it travels is a `transport`: sockets on this machine, a `line` over ssh to another one, whose end there is
`relay`, or the files of a session that has `ended`.  `launcher` and `remote` find and start sessions, `keeping`
writes down what is typed and not run, `continued` hears when the process goes on; `configuration` reads the user's
choices; `app` wires all this together and performs effects.  `boot` is what runs first: it has the terminal and a
first frame ready before anything else is imported.

`commandline` is the command line as a table, `given` what it gives the editor, `cli` does what needs no screen:
`listing`, `log`, `doctor` and others.
"""
