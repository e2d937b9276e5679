"""``python -m curses_client`` is `cshell`."""

import sys

from curses_client.boot import main

if __name__ == "__main__":
    sys.exit(main())
