"""State -> canvas: each part of the screen as rows of attributed text, put together by `root`.

A row is a list of (attribute, text) runs that fill the width exactly.  Attributes are names of the palette
(`theme`) or urwid's AttrSpec for the colours of output.  Widgets never act on keys.
"""
