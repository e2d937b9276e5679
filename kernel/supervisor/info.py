"""What the kernel says of itself, known before any worker is."""

import sys

from kernel import __version__
from kernel.protocol.messages import PROTOCOL_VERSION, KernelInfoReply


def kernel_info() -> KernelInfoReply:
    """Return the answer to `kernel_info_request`; the worker has the same interpreter as the supervisor."""
    version = ".".join(map(str, sys.version_info[:3]))
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
    )
