"""``python -m tests``: everything that must hold before a change goes in: lint, types, tests."""

import subprocess
import sys
from typing import Final

# pytest is the last, so that its closing line is too
CHECKS: Final = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    # most tests wait for processes; those of one file share some
    ("pytest", "-n", "2", "--dist", "loadfile", *sys.argv[1:]),
)


def main() -> int:
    """Run all checks, also when one fails; return 0 only if none did."""
    failed = []
    for name, *arguments in CHECKS:
        if failed and name == "pytest":
            print(f"== failed before the tests: {', '.join(failed)}", flush=True)
        print(f"== {name} {' '.join(arguments)}".rstrip(), flush=True)
        if subprocess.run([sys.executable, "-m", name, *arguments], check=False).returncode:
            failed.append(f"{name} {' '.join(arguments)}".rstrip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
