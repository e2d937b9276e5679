"""The command `cshell`, also as ``python -m curses_client``."""

import sys


def main() -> int:
    """Run the command line; return the exit status."""
    if len(sys.argv) == 1:
        # the usual way in does without what reads a command line
        from curses_client.boot import show

        return show(None, attach=False)
    from curses_client.cli import main as command

    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
