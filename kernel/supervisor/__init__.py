"""The process that Jupyter calls the kernel: it owns everything that must outlive the user's code.

One thread and one loop (`main`) serve Jupyter's five sockets and the feed (`sockets`), the worker's two
socketpairs and two pipes (`forking`, `process`, `streams`), and signals.  What is shown to anybody is first written to
the journal (`journal`), then published and handed to the readers of the feed; `publisher` keeps this order.
Cells wait in the queue (`queue`) and are handed to the worker one at a time (`dispatch`), the line that a
cell waits for is kept by `input`, and what the worker answers beside its cells by `aside`.  No user code
runs here.
"""
