"""What was run before, by this user in all sessions: kept in files, read in another thread, searched.

`entries` says what an entry is, and its line in a file; `matching` which entries a pattern finds.  Both are pure.
`files` writes and reads the directory, `store` does so in a thread for a client, `printing` for ``cshell history``.

Each machine has files of its own in the directory, so that a home on a network never has two of them writing one.
The history is that of the machine on which the client runs: with ``--ssh`` nothing of it is written at the other
end, and the entries name the session together with its machine.
"""
