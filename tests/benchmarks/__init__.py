"""Benchmarks: cshell and its peers as a user meets them, measured side by side in one run.

``python -m tests.benchmarks`` starts the real programs in a pty (`terminal`) with a private home each (`home`),
types on their keyboards (`session`), and takes the time until what was waited for is on the screen.  `programs` is
the table of them; each ``measure_*`` module is one group of rows of the table that is printed (`table`).

A measurement is one generator a program.  It yields the readings of one round and is then put aside until every
other program has had its round (`runner`), so that noise of the machine hits all alike.  Nothing sleeps to wait for
something: each wait has a condition and a deadline.  Programs write only what changes on the screen, so cells print
what can be told from all before it (`cells`), and what cannot is looked for on the screen once nothing more comes.
What cells import is `printing`.  Linux only: processes are found and weighed through /proc.
"""
