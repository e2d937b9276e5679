"""The process that Jupyter calls the kernel: it owns everything that must outlive the user's code.

One thread and one loop (`main`) serve Jupyter's five sockets and the feed (`sockets`), the worker's two
socketpairs and two pipes (`forking`, `process`, `streams`), and signals.  What is shown to anybody is first written to
the journal (`journal`), then published and handed to the readers of the feed; `publisher` keeps this order.
Cells wait in the queue (`queue`) and are handed to the worker one at a time (`dispatch`), or to one of its subshells
(`subshells`); the lines that they wait for are kept by `input`, and what the worker answers beside them by `aside`.
`ladder` is what becomes of an interrupt that is not taken, `stacks` where the worker stands, `usage` what it uses,
`autopsy` what it died of, `config` what the user's configuration says.  No user code runs here.
"""
