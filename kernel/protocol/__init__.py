"""What is said between clients, supervisor and worker: values and tables, without input or output.

`messages` has the contents of every message of the Jupyter messaging specification 5.5 that cshell speaks,
and its own additions, as frozen dataclasses in one table.  `wire` signs and frames them.  `connection` is
the connection file.  `session` knows where sessions live on disk, `ended` what is left of them, `records` how their
journals are read.  Only the standard library is imported.
"""
