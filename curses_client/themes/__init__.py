"""Themes as data: what each meaning that the widgets name looks like.

`dark` says it for every meaning, the other themes only where they differ from their parent, and then only colours:
settings such as bold, and what stands for a colour where there is none, are the same in all of them.  Colours are
those of 24 bits, of which terminals with 256 have the nearest, and names of the 16 basic ones.  `choice` finds the
theme that the user means, `code` gives source the colours of a style of Pygments.
"""
