"""TensorFlow loads behind a notebook's back: in a real kernel, with a slow and noisy stand-in for it."""

import os
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from course.learner.workspace import preload, server

TENSORFLOW = """
import os, time
os.write(2, b"what TensorFlow says as it starts\\n")
time.sleep(3)
done = True
"""
KERAS = """
import tensorflow
class config:
    backend = staticmethod(lambda: "tensorflow")
    set_floatx = set_epsilon = set_image_data_format = staticmethod(lambda *_: None)
"""


@pytest.fixture
def kernel(tmp_path):
    """A kernel as the course's JupyterLab starts it; what it writes to its terminal is in ``said``."""
    for name, content in {"tensorflow": TENSORFLOW, "keras": KERAS}.items():
        (tmp_path / f"{name}.py").write_text(content, encoding="utf-8")
    manager = KernelManager()
    env = os.environ | {"PYTHONPATH": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")}
    with (tmp_path / "said").open("wb") as said:
        extra = [f"--IPKernelApp.extra_extensions={preload.MODULE}"]
        manager.start_kernel(env=env, extra_arguments=extra, stdout=said, stderr=said)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        try:
            yield manager, client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def run(client, code):
    """(status, everything that the cell shows)"""
    shown = []
    reply = client.execute_interactive(code, timeout=60, output_hook=lambda m: shown.append(m))
    texts = [m["content"].get("text") or m["content"].get("evalue") for m in shown]
    return reply["content"]["status"], "".join(filter(None, texts))


THREADS = "[t.name for t in threading.enumerate()].count('course-preload')"


def test_it_loads_in_silence_and_an_interrupted_cell_can_be_run_again(kernel, tmp_path):
    manager, client = kernel
    assert run(client, f"import sys, threading; print({THREADS}, 'tensorflow' in sys.modules)") == (
        "ok",
        "1 True\n",
    )
    client.execute("import tensorflow; print(tensorflow.done)")  # waits for the same import
    time.sleep(0.3)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=60)["content"]
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    cell = "import course_utils, keras, tensorflow\nprint(keras.tensorflow is tensorflow, tensorflow.done)"
    assert run(client, cell) == ("ok", "True True\n")
    assert run(client, f"print({THREADS})")[1] == "0\n"
    assert b"what TensorFlow says" not in (tmp_path / "said").read_bytes()


def test_a_kernel_that_is_restarted_while_it_loads_begins_anew(kernel, tmp_path):
    manager, client = kernel
    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    assert run(client, f"import threading; print({THREADS})") == ("ok", "1\n")
    said = (tmp_path / "said").read_text("utf-8", "replace")
    assert "Fatal" not in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("JUPYTERHUB_API_URL", "http://hub", False),
        ("COURSE_PRELOAD", "0", False),
        ("COURSE_X", "", True),
    ],
)
def test_it_is_off_where_memory_is_shared(monkeypatch, name, value, wanted):
    for known in [n for n in os.environ if n.startswith("JUPYTERHUB_")]:
        monkeypatch.delenv(known)
    monkeypatch.setattr(preload, "NEEDED", 0)
    monkeypatch.setenv(name, value)
    assert preload.wanted() is wanted
    monkeypatch.setattr(preload, "NEEDED", 10**18)
    assert preload.wanted() is False


def test_only_kernels_of_this_environment_are_asked():
    launched = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    assert server.is_own(["python", *launched]) and server.is_own([sys.executable, *launched])
    assert not server.is_own([str(Path("/other/bin/python")), *launched])
    assert not server.is_own(["R", "--slave", "-e", "IRkernel::main()"])
