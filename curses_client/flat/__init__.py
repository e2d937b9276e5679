"""The flat mode, for screen readers and for terminals that only print: what is new is written line by line.

Nothing that was written is ever drawn over but the last line, which is the one being typed, with the cursor in it.
`news` says what cells print and how they end, `changes` what else happens, both in words; `bottom` is the last
line, `writing` what makes a terminal show it all, and `pauses` have output wait for who is typing.  The keys are those
of the full screen.
"""
