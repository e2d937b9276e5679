"""Files in the editor: what is read and written of them, their cells, and the tabs that they have.

`sections` are the cells of a script, from one ``# %%`` to the next.  `tabs` are the files that are open beside the
scratch buffer, `filing` what is asked for with them, `filed` what becomes of it, `running` what runs their cells,
`foreign` asks first where their language is not the kernel's.  These modules do no input and output.

`filer` does what is asked for: `disk` reads, writes and watches files, `swaps` keeps what is not saved, `notebooks`
turns a notebook into a script with cells and back, in a process of its own (`jupytexts`), with what was shown
(`outputs`).
"""
