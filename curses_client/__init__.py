"""The side that people see: a full-screen terminal client in one urwid main loop.

Everything that happens is an event (`events`), and `update.update(state, event)` is the only door to the
state: it returns the next state and the effects that are asked for.  `keymap` names the command of each key,
`commands` has them, `session` folds journal records into the state.  These modules, `state` and `text` know
neither urwid nor zmq.

`widgets` draw a state on a canvas and never act on keys.  `screen` and `loop` are the terminal and the event
loop, `link` the sockets, `launcher` the processes; `app` wires them together and performs effects.  `boot` is
what runs first: it has the terminal and a first frame ready before anything else is imported.
"""
