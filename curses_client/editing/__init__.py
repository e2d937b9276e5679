"""The commands of the editor.

What changes text is a function of a `Buffer` in `curses_client.text`; what is here makes commands of such functions.
`targets` knows which text the keys go to: the editor's, the answer to `input()`, or a line in the status line.
`kills` cut and put back.
"""
