"""The user's ``config.toml``, as far as the client is concerned.

`schema` has a row for each setting, those of the kernel's side (`kernel.protocol.settings`) among them.  `reading`
makes the options of a file and says what is wrong in it, `keys` those of its table ``[keys]``.  `printing` writes a
configuration as a file, and `command` is ``cshell config``.
"""
