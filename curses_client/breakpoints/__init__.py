"""Breakpoints in the editor's margin, and what is done where the kernel stops at one.

They are set through the kernel's debugger, with Jupyter's requests for it (messaging specification: "Debug request",
JEP 47), whose contents are those of the Debug Adapter Protocol (DAP).  `marking` puts breakpoints into the text and
moves them with it, `setting` has them set before a cell runs that they are in, `asking` sends one request at a time,
`answering` takes in what comes back as values (`curses_client.debugger`), `stopping` shows where the kernel stands,
and `commands` are the keys there.
"""
