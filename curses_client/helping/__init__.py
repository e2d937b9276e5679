"""Help while typing: completions, signatures, documentation, suggestions.

`asking` decides what is asked of the kernel, and when: one request by a key and one by itself are under way at a
time, and what is wanted next follows from the state when an answer has come, so that nothing piles up.  `answering`
takes the answers in; each carries the tag of its question and the text that it was asked for, and one that comes too
late is dropped.  `completing`, `documenting` and `suggesting` have the commands.  `matching` finds what was typed in
what is offered, `calls` the call around the cursor, `signatures` and `inspection` read what a kernel says of a name.
"""
