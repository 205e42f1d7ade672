"""Notebooks that the tests hand in."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

IMPORT = "from course_utils.learning import check"


def write_notebook(file, sources, outputs=False):
    """A notebook with these code cells."""
    file.parent.mkdir(parents=True, exist_ok=True)
    cells = [new_markdown_cell("# 98 测试 · Test")]
    cells += [new_code_cell(s, id=f"c{i}") for i, s in enumerate(sources)]
    if outputs:
        for cell in cells[1:]:
            cell.execution_count = 1
            cell.outputs = [nbformat.v4.new_output("stream", text="SECRET-OUTPUT")]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)
    return file
