"""What the kernel says of itself: at once where the worker has this interpreter, else once the worker has told."""

import sys
from importlib.util import find_spec
from typing import Any

from kernel import __version__
from kernel.protocol.messages import PROTOCOL_VERSION, KernelInfoReply


def own_versions() -> dict[str, Any]:
    """Return what a worker with this interpreter would tell."""
    version = ".".join(map(str, sys.version_info[:3]))
    return {"python": version, "debugger": find_spec("debugpy") is not None}


def kernel_info(versions: dict[str, Any]) -> KernelInfoReply:
    """Return the answer to `kernel_info_request`."""
    version = str(versions["python"])
    debugger = bool(versions.get("debugger"))
    return KernelInfoReply(
        protocol_version=PROTOCOL_VERSION,
        implementation="cshell",
        implementation_version=__version__,
        language_info={
            "name": "python",
            "version": version,
            "mimetype": "text/x-python",
            "codemirror_mode": {"name": "ipython", "version": 3},
            "pygments_lexer": "ipython3",
            "nbconvert_exporter": "python",
            "file_extension": ".py",
        },
        banner=f"cshell {__version__}, Python {version}",
        help_links=[
            {"text": "Python", "url": f"https://docs.python.org/{version.rpartition('.')[0]}"},
            {"text": "IPython", "url": "https://ipython.readthedocs.io/"},
        ],
        # JEP 91 and 92
        supported_features=["kernel subshells", *(["debugger"] if debugger else [])],
        debugger=debugger,
    )
