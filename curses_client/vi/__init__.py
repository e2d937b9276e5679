"""The keys of vi: a text, its cursor and a key go in, another text and cursor come out, and what is asked for.

`values` are what is remembered and what is asked; places are counts of code points into a text (`places`).  The tables
are `motions` (of `moves` and `seeking`), `objects`, `operators`, `actions` (with `putting`) and `inserting`: a row is a
key, a function and its help; `block` is that of a selection of columns.  `grammar` makes commands of keys by these
tables, `machine` carries them out, and `lines` has the commands that are typed behind a colon.  `macros` are keys that
are recorded and pressed again.  `keys` is the help made of all tables.
"""
