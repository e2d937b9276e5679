"""The process that runs the user's code: IPython's engine behind two socketpairs and two pipes.

The main thread takes requests one at a time from the first socketpair and runs them; a helper thread serves
the second one, so that completion and inspection are answered while a cell runs.  Descriptors 1 and 2 are
pipes to the supervisor.  A worker knows neither zmq nor the key: it writes whole message parts, and the
supervisor signs, orders and publishes them.

`main` has the main thread, `beside` the other ones, `channel` the frames on the socketpairs and the markers in the
pipes, `outbox` what is said through them, `owners` whose output it is, `streams` the text streams on the pipes,
`interrupts` the handler of SIGINT, `questions` the lines that user code asks for, `subshells` threads that run cells
beside the main one, `tasks` asyncio's event loop and `gui` those of windows, `shell` IPython's shell with our output,
`profile` the user's configuration of it, `magics` what is different here, `history` its history, `requests` the answers
to each message type, `static` completion by analysis, `comms` what widgets say, `debugger` the debugger.

A worker may run under another interpreter than the supervisor: everything here, and what it imports of
`kernel.protocol`, is for Python 3.9 and IPython 8 on.
"""
