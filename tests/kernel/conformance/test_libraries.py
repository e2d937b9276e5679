"""Libraries that people use, each imported and used in a cell of our kernel."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kernel.conformance.support import Exchange, Kernel, plain, running

PNG = b"\x89PNG\r\n\x1a\n"
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with running("cshell") as found:
        yield found


def need(*modules: str) -> None:
    for module in modules:
        pytest.importorskip(module, reason=f"{module} is not installed")


def run(kernel: Kernel, code: str) -> Exchange:
    """Run a cell that goes well."""
    exchange = kernel.client.run(code)
    assert exchange.reply["status"] == "ok", "\n".join(exchange.reply["traceback"])
    return exchange


def displays(exchange: Exchange) -> list[dict[str, Any]]:
    return [content["data"] for content in exchange.contents("display_data")]


class TestNumbers:
    def test_numpy(self, kernel: Kernel) -> None:
        need("numpy")
        exchange = run(kernel, "import numpy as np\nnp.arange(6).reshape(2, 3) @ np.ones(3)")
        assert exchange.value == "array([ 3., 12.])"

    def test_pandas_has_a_table_in_text_and_html(self, kernel: Kernel) -> None:
        need("pandas")
        (result,) = run(kernel, "import pandas as pd\npd.DataFrame({'a': [1, 2]})").contents("execute_result")
        assert result["data"]["text/plain"] == "   a\n0  1\n1  2"
        assert "<table" in result["data"]["text/html"]

    def test_dask_computes_in_threads(self, kernel: Kernel) -> None:
        need("dask", "numpy")
        exchange = run(
            kernel,
            "import dask\nfrom dask.diagnostics import ProgressBar\n"
            "total = dask.delayed(sum)([dask.delayed(pow)(n, 2) for n in range(50)])\n"
            "with ProgressBar(): value = total.compute(scheduler='threads', num_workers=2)\nvalue",
        )
        assert exchange.value == str(sum(n * n for n in range(50)))
        assert "100% Completed" in exchange.text("stdout")

    def test_dask_computes_arrays(self, kernel: Kernel) -> None:
        need("dask", "numpy")
        exchange = run(kernel, "import dask.array as da\nfloat(da.ones((200, 200), chunks=50).sum().compute())")
        assert exchange.value == "40000.0"


class TestPictures:
    def test_a_figure_is_shown_without_asking(self, kernel: Kernel) -> None:
        need("matplotlib")
        exchange = run(kernel, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 3, 2])")
        (shown,) = displays(exchange)
        assert base64.b64decode(shown["image/png"]).startswith(PNG)
        assert shown["text/plain"].startswith("<Figure size")
        # and it is done with
        assert displays(run(kernel, "plt.get_fignums()")) == []

    def test_every_show_shows_a_figure(self, kernel: Kernel) -> None:
        need("matplotlib")
        exchange = run(
            kernel,
            "import matplotlib.pyplot as plt\n"
            "for n in range(2):\n    print('figure', n)\n    plt.plot([n, 1])\n    plt.show()",
        )
        assert exchange.kinds == ["execute_input", "stream", "display_data", "stream", "display_data"]

    def test_formats_can_be_chosen(self, kernel: Kernel) -> None:
        need("matplotlib")
        exchange = run(
            kernel,
            "%matplotlib inline\n%config InlineBackend.figure_formats = ['svg']\n"
            "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
        )
        (shown,) = displays(exchange)
        assert "<svg" in shown["image/svg+xml"]
        run(kernel, "%config InlineBackend.figure_formats = ['png']")


class TestProgress:
    def test_tqdm_writes_to_standard_error(self, kernel: Kernel) -> None:
        need("tqdm")
        text = run(kernel, "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass").text("stderr")
        assert "\r100%|" in text
        assert "3/3 [" in text

    def test_tqdm_writes_beside_its_bar(self, kernel: Kernel) -> None:
        need("tqdm")
        exchange = run(kernel, "from tqdm import tqdm\nfor n in tqdm(range(3)): tqdm.write(f'step {n}')")
        assert exchange.text("stdout") == "step 0\nstep 1\nstep 2\n"

    def test_tqdm_has_a_bar_of_widgets(self, kernel: Kernel) -> None:
        need("tqdm", "ipywidgets")
        exchange = run(kernel, "from tqdm.notebook import tqdm\nfor _ in tqdm(range(3)): pass")
        states = [content["data"]["state"] for content in exchange.contents("comm_open")]
        assert "FloatProgressModel" in [state["_model_name"] for state in states]
        (shown,) = displays(exchange)
        assert shown[VIEW]["model_id"] in [content["comm_id"] for content in exchange.contents("comm_open")]
        updates = [content["data"].get("state", {}) for content in exchange.contents("comm_msg")]
        assert 3.0 in [state.get("value") for state in updates]

    def test_rich_writes_in_colours(self, kernel: Kernel) -> None:
        need("rich")
        (shown,) = displays(run(kernel, "import rich\nrich.print('[bold red]bold[/] plain')"))
        assert plain(shown["text/plain"]).strip() == "bold plain"
        assert "font-weight: bold" in shown["text/html"]

    def test_rich_draws_tables_and_progress(self, kernel: Kernel) -> None:
        need("rich")
        exchange = run(
            kernel,
            "from rich.progress import track\nfrom rich.table import Table\n"
            "for _ in track(range(3)): pass\ntable = Table('name')\ntable.add_row('Ada')\ntable",
        )
        said = plain(str(exchange.published))
        assert "100%" in said
        assert "Ada" in said


class TestWidgets:
    def test_a_slider_is_moved_from_both_sides(self, kernel: Kernel) -> None:
        need("ipywidgets")
        exchange = run(
            kernel,
            "import ipywidgets\nslider = ipywidgets.IntSlider(3)\n"
            "slider.observe(lambda change: print('now', change['new']), 'value')\nslider",
        )
        (result,) = exchange.contents("execute_result")
        model = result["data"][VIEW]["model_id"]
        moved = run(kernel, "slider.value = 4")
        assert moved.text() == "now 4\n"
        (update,) = moved.contents("comm_msg")
        assert (update["comm_id"], update["data"]["state"]) == (model, {"value": 4})
        message = {"comm_id": model, "data": {"method": "update", "state": {"value": 5}, "buffer_paths": []}}
        answer = kernel.client.finished(kernel.client.send("shell", "comm_msg", message), reply=False)
        assert answer.text() == "now 5\n"
        assert run(kernel, "slider.value").value == "5"

    def test_interact_runs_a_function(self, kernel: Kernel) -> None:
        need("ipywidgets")
        exchange = run(kernel, "from ipywidgets import interact\n@interact(x=(0, 10))\ndef show(x=5): print('x is', x)")
        assert exchange.contents("comm_open")
        assert "x is 5\n" in str(exchange.published) or exchange.text() == "x is 5\n"


SERVER = """\
import http.server, threading, urllib.request
from concurrent.futures import ThreadPoolExecutor
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(self.path.encode())
    def log_message(self, *args): print(f'served {self.path}\\n', end='')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
serving = threading.Thread(target=server.serve_forever, args=[0.01]); serving.start()
address = 'http://127.0.0.1:%d/' % server.server_port
"""


class TestThreadsAndProcesses:
    def test_threads_fetch_over_http(self, kernel: Kernel) -> None:
        exchange = run(
            kernel,
            SERVER + "def fetch(n): return urllib.request.urlopen(address + str(n)).read().decode()\n"
            "try:\n    with ThreadPoolExecutor(8) as pool: pages = list(pool.map(fetch, range(40)))\n"
            "finally: server.shutdown(); serving.join(); server.server_close()\n"
            "pages == [f'/{n}' for n in range(40)]",
        )
        assert exchange.value == "True"
        assert sorted(exchange.text().splitlines()) == sorted(f"served /{n}" for n in range(40))

    def test_requests(self, kernel: Kernel) -> None:
        need("requests")
        exchange = run(
            kernel,
            SERVER + "import requests\ntry: text = requests.get(address + 'page', timeout=10).text\n"
            "finally: server.shutdown(); serving.join(); server.server_close()\ntext",
        )
        assert exchange.value == "'/page'"

    @pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
    def test_multiprocessing(self, kernel: Kernel, method: str) -> None:
        (kernel.home / "doubling.py").write_text(
            "def double(x):\n    print(f'doubling {x}\\n', end='')\n    return 2 * x\n"
        )
        exchange = run(
            kernel,
            f"import multiprocessing, doubling\nwith multiprocessing.get_context('{method}').Pool(2) as pool:\n"
            "    doubles = pool.map(doubling.double, range(4), chunksize=1)\n"
            "    pool.close(); pool.join()\ndoubles",
        )
        assert exchange.value == "[0, 2, 4, 6]"
        assert sorted(exchange.text("stdout").splitlines()) == [f"doubling {n}" for n in range(4)]

    def test_processes_with_queues(self, kernel: Kernel) -> None:
        exchange = run(
            kernel,
            "import multiprocessing\ncontext = multiprocessing.get_context('fork')\n"
            "queue = context.Queue()\ndef work(n): print(f'worker {n}\\n', end=''); queue.put(n * n)\n"
            "workers = [context.Process(target=work, args=[n]) for n in range(3)]\n"
            "for worker in workers: worker.start()\n"
            "squares = sorted(queue.get(timeout=10) for _ in workers)\n"
            "for worker in workers: worker.join()\nsquares, [worker.exitcode for worker in workers]",
        )
        assert exchange.value == "([0, 1, 4], [0, 0, 0])"
        assert sorted(exchange.text().splitlines()) == ["worker 0", "worker 1", "worker 2"]

    def test_futures_of_functions_of_the_cell(self, kernel: Kernel) -> None:
        exchange = run(
            kernel,
            "import multiprocessing\nfrom concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
            "def square(x): return x * x\n"
            "with ThreadPoolExecutor(4) as pool: threads = list(pool.map(square, range(5)))\n"
            "with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('fork')) as pool:\n"
            "    processes = list(pool.map(square, range(5)))\nthreads, processes",
        )
        squares = [n * n for n in range(5)]
        assert exchange.value == repr((squares, squares))

    def test_an_error_in_a_process_of_a_pool_is_raised(self, kernel: Kernel) -> None:
        exchange = kernel.client.run(
            "import multiprocessing\nfrom concurrent.futures import ProcessPoolExecutor\ndef fail(x): 1 / x\n"
            "with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork')) as pool:\n"
            "    pool.submit(fail, 0).result()"
        )
        assert exchange.reply["ename"] == "ZeroDivisionError"

    def test_subprocess(self, kernel: Kernel) -> None:
        exchange = run(
            kernel,
            "import subprocess, sys\nprint('before')\nsubprocess.run(['echo', 'inherited'])\n"
            "caught = subprocess.run([sys.executable, '-c', 'print(input())'], input='fed\\n', capture_output=True,"
            " text=True).stdout\n"
            "with subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cat:\n"
            "    answer = cat.communicate('piped')[0]\nprint('after')\ncaught, answer",
        )
        assert exchange.text() == "before\ninherited\nafter\n"
        assert exchange.value == "('fed\\n', 'piped')"

    def test_logging_writes_to_standard_error(self, kernel: Kernel) -> None:
        exchange = run(
            kernel,
            "import logging, threading\nlogging.basicConfig(format='%(levelname)s %(message)s', force=True)\n"
            "logging.warning('from the cell')\n"
            "thread = threading.Thread(target=logging.error, args=['from a thread'])\nthread.start(); thread.join()\n"
            "logging.info('not shown')",
        )
        assert exchange.text("stderr") == "WARNING from the cell\nERROR from a thread\n"
        assert exchange.text("stdout") == ""
        later = run(kernel, "logging.warning('from a later cell')")
        assert later.text("stderr") == "WARNING from a later cell\n"

    def test_warnings_are_shown(self, kernel: Kernel) -> None:
        text = run(kernel, "import warnings\nwarnings.warn('careful', stacklevel=1)").text("stderr")
        assert "UserWarning: careful" in text
