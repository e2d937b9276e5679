"""The process that Jupyter calls the kernel: it owns everything that must outlive the user's code.

One thread and one loop (`main`) serve Jupyter's five sockets and the feed (`sockets`), signals, and a kernel, of which
the loop knows what `engine` says: our own (`own`), a worker with two socketpairs and two pipes (`forking`, `process`,
`streams`), or somebody else's (`broker`, which is imported only then).  What is shown to anybody is first written to
the journal (`journal`, within `bounds`, with a `preface` for those who begin to read in the middle), then published and
handed to the readers of the feed; `publisher` keeps this order.

Cells wait in the queue (`queue`, `cells`) and are handed to the worker one at a time (`dispatch`), or to one of its
subshells (`subshells`); the lines that they wait for are kept by `input`, and what the worker answers beside them by
`aside`.  `ladder` is what becomes of an interrupt that is not taken, `stacks` where the worker stands, with the lines
of `sources`, `usage` what it uses, `autopsy` what it died of, `config` what the user's configuration says.  `board`
says how the session is to those who list sessions, `patience` when one that nobody uses ends, `renaming` gives it
another name. No user code runs here.
"""
