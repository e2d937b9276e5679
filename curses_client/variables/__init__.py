"""The pane of the user's variables.

`source` is what the kernel evaluates: it bounds the work, and leaves no name behind.  `asking` decides when which
question goes where, `answering` makes values of the answers, and `commands` are what keys do in the pane.
"""
