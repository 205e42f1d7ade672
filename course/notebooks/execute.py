"""Run a notebook in a fresh kernel and leave out of the result what differs from run to run."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import ipykernel.kernelspec
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course.notebooks.folding import mark_folds
from course.notebooks.kernels import temporary_environment
from course.notebooks.lessons import tags
from course_utils import paths
from course_utils.bilingual import MIME
from course_utils.messages import CourseError

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
# ".../lib/python3.11/site-packages/keras/x.py" says the same as "keras/x.py"
INSTALLED = re.compile(r"[^\s'\"]*[/\\](?:site|dist)-packages[/\\]")
IPYKERNEL_FILE = re.compile(r"[^\s'\"]*ipykernel_\d+[/\\]\d+\.py")


class CurrentInterpreter(KernelSpecManager):
    """Every kernel name means the interpreter that runs this, whatever kernels are registered."""

    def get_kernel_spec(self, kernel_name: str):
        """The kernel spec of ``sys.executable``."""
        return self.kernel_spec_class(
            resource_dir=ipykernel.kernelspec.RESOURCES, **ipykernel.kernelspec.get_kernel_dict()
        )


def execute(
    notebook: NotebookNode,
    folder: Path,
    name: str,
    network: bool = False,
    timeout: float = 1200,
    on_cell: Callable[[NotebookNode, int], None] | None = None,
    extra: dict[str, str] | None = None,
) -> NotebookNode:
    """Run all cells from ``folder`` in a fresh kernel; outputs are filled in place.

    ``on_cell(cell, index)`` is called after each cell; ``timeout`` is seconds per cell; ``extra``
    are environment variables. Raises CourseError naming the lesson and the cell that failed.
    """
    with temporary_environment(network) as environment:
        client = NotebookClient(
            notebook,
            km=AsyncKernelManager(kernel_spec_manager=CurrentInterpreter()),
            timeout=timeout,
            store_widget_state=False,
            record_timing=False,
            allow_errors=True,  # stop_at_error below says more than nbclient's own exception
            resources={"metadata": {"path": str(folder)}},
            on_cell_executed=lambda cell, cell_index, **_: _after(
                notebook, name, cell, cell_index, on_cell
            ),
        )
        try:
            variables = environment | (extra or {})
            # the kernel ends here, not when this process does: the next lesson needs its memory
            client.execute(env=variables, stderr=subprocess.DEVNULL, cleanup_kc=True)
        except (CellTimeoutError, DeadKernelError) as error:
            raise _kernel_error(name, error) from error
    return notebook


def _after(notebook: NotebookNode, name: str, cell: NotebookNode, index: int, on_cell) -> None:
    if on_cell is not None:
        on_cell(cell, index)
    if "raises-exception" in tags(cell):
        return
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            raise _cell_error(notebook, name, index, output)


def _cell_error(notebook: NotebookNode, name: str, index: int, output: NotebookNode) -> CourseError:
    code_number = sum(c.cell_type == "code" for c in notebook.cells[: index + 1])
    trace = ANSI.sub("", "\n".join(output.traceback))
    return CourseError(
        f"{name} 第 {index + 1} 个单元格（第 {code_number} 个代码单元格）出错：{output.ename}："
        f"{output.evalue}。请在 lessons/{name}.py 里改正。",
        f"{name}, cell {index + 1} (code cell {code_number}) failed with {output.ename}: "
        f"{output.evalue}. Correct it in lessons/{name}.py.\n"
        f"--- cell ---\n{notebook.cells[index].source}\n--- traceback ---\n{trace}",
    )


def _kernel_error(name: str, error: Exception) -> CourseError:
    return CourseError(
        f"{name} 没有执行完：内核停止或单元格超时（{error}）。",
        f"{name} did not finish: its kernel died or a cell took too long ({error}).",
    )


def clean(notebook: NotebookNode) -> NotebookNode:
    """Drop, in place, what differs between runs and machines or must not be stored.

    Widget views and state (they cannot be shown without their kernel), timings, the patch version
    of Python, memory addresses, folders in tracebacks, pictures of ``photo-live`` cells and all
    output of ``live-timing`` cells. Alt text in the outputs' metadata stays. Cells to be folded are
    marked (course.notebooks.folding), and outputs that a kernel would bring to life.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    mark_folds(notebook)
    for cell in notebook.cells:
        for volatile in ("execution", "trusted", "collapsed", "scrolled"):
            cell.metadata.pop(volatile, None)
        if cell.cell_type == "code":
            _clean_outputs(cell)
    return notebook


def _clean_outputs(cell: NotebookNode) -> None:
    if "live-timing" in tags(cell):
        cell.outputs = []
    cell.outputs = _joined(cell.outputs)
    for output in cell.outputs:
        if "data" in output:
            _clean_data(output, drop_images="photo-live" in tags(cell))
        if output.output_type == "error":
            output.traceback = [
                _clean_text(entry) for entry in output.traceback if _of_the_lesson(entry)
            ]
        elif output.output_type == "stream":
            output.text = ADDRESS.sub("0xADDRESS", output.text)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Pieces of one stream that follow each other become one: where it was cut is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else NotebookNode()
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _clean_data(output: NotebookNode, drop_images: bool) -> None:
    if len(output.data) > 1 and output.data.pop(WIDGET_VIEW, None):
        # the extension offers to run the lesson up to here (labextension/static/saved_pictures.js)
        output.metadata["course"] = {**output.metadata.get("course", {}), "live": True}
    if drop_images:
        for kind in IMAGES:
            output.data.pop(kind, None)
            output.metadata.pop(kind, None)
        if "svg" in output.data.get(MIME, {}):
            del output.data[MIME]
    for kind in ("text/plain", "text/html"):
        if kind in output.data:
            output.data[kind] = ADDRESS.sub("0xADDRESS", output.data[kind])


def _of_the_lesson(entry: str) -> bool:
    """Of a traceback, what happened inside installed packages is of no use to a learner."""
    return not ANSI.sub("", entry).startswith("File ")


def _clean_text(text: str) -> str:
    text = ADDRESS.sub("0xADDRESS", IPYKERNEL_FILE.sub("IPYKERNEL", INSTALLED.sub("", text)))
    for folder in private_folders():
        text = text.replace(folder, "…")
    return text


def private_folders() -> list[str]:
    """Folders of this machine that no notebook may show, longest first."""
    folders = {paths.ROOT, paths.cache_dir(), Path(sys.prefix), Path(tempfile.gettempdir())}
    folders |= {Path.home()}
    return sorted((str(f) for f in folders if len(f.parts) > 1), key=len, reverse=True)


def shown_texts(cell: NotebookNode) -> list[str]:
    """All text that the cell's outputs show."""
    texts = []
    for output in cell.get("outputs", []):
        texts += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
        data = output.get("data", {})
        texts += [data[k] for k in data if k.startswith("text/") and isinstance(data[k], str)]
    return [t for t in texts if t]


def refuse_private_folders(notebook: NotebookNode, name: str) -> None:
    """Raise CourseError where an output shows a folder of this machine."""
    for index, cell in enumerate(notebook.cells):
        for text in shown_texts(cell):
            if found := [f for f in private_folders() if f in text]:
                raise CourseError(
                    f"{name} 第 {index + 1} 个单元格的输出含有本机文件夹 {found[0]}。请只打印文件名。",
                    f"{name}, cell {index + 1}: its output shows the folder {found[0]} of this "
                    "machine. Print the file's name only.",
                )
