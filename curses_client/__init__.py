"""The side that people see: a full-screen terminal client in one urwid main loop.

Everything that happens is an event (`events`), and `update.update(state, event)` is the only door to the
state: it returns the next state and the effects that are asked for.  `keymap` names the command of each key,
`commands` has them, `session` folds journal records into the state.  These modules, `state` and `text` know
neither urwid nor zmq.  `panel` is the queue's, `coming_back` what is there for a user who comes back, `stray`
what is typed for a question that is gone.

`widgets` draw a state on a canvas and never act on keys.  `screen` and `loop` are the terminal and the event
loop.  `link` says what is asked and hears what comes, `reading` decides which part of the journal comes next; how it
travels is a `transport`: sockets on this machine, a `line` over ssh to another one, whose end there is `relay`, or the
files of a session that has `ended`.  `launcher` and `remote` find and start sessions, `keeping` writes down what is
typed and not run, `continued` hears when the process goes on; `app` wires all this together and performs effects.
`boot` is what runs first: it has the terminal and a first frame ready before anything else is imported.

`commandline` is the command line as a table, `cli` does what needs no screen: `listing`, `log`, `doctor` and others.
"""
