"""The commands of the editor.

What changes text is a function of a `Buffer` in `curses_client.text`; what is here makes commands of such functions.
`targets` knows which text the keys go to: the editor's, the answer to `input()`, or a line in the status line.
`characters` are typed as the language has them, with indentation and pairs; `lines` are changed as a whole, and moved
over; `kills` cut and put back; `find` looks for text and replaces it; `asking` is what becomes of a line that is typed
into the status line, and `external` the user's own editor.
"""
