"""Executes notebooks in place: python execute_notebook.py SECONDS NOTEBOOK...

nbclient takes a cell for done when the kernel says that it is idle. Deno's kernel may say so before the outputs of the cell
are out. They come a moment later and name their cell, so here they are put where they belong, as JupyterLab does.
"""

import pathlib
import queue
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete

# Outputs of the last cell come within milliseconds; a busy machine may need longer.
LAST_OUTPUTS_SECONDS = 3


class PatientClient(NotebookClient):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cells_by_message = {}

    def place(self, message):
        """Gives a message to its cell; returns its id where it says that the cell is done."""
        asked = message["parent_header"].get("msg_id")
        if asked in self.cells_by_message:
            try:
                self.process_message(message, *self.cells_by_message[asked])
            except CellExecutionComplete:
                return asked
        return None

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.cells_by_message[parent_msg_id] = (cell, cell_index)
        while self.place(await self.kc.iopub_channel.get_msg(timeout=None)) != parent_msg_id:
            pass

    async def _async_cleanup_kernel(self):
        try:
            while self.kc is not None:
                self.place(await self.kc.iopub_channel.get_msg(timeout=LAST_OUTPUTS_SECONDS))
        except queue.Empty:
            pass
        await super()._async_cleanup_kernel()


def execute(path, seconds):
    notebook = nbformat.read(path, as_version=4)
    PatientClient(
        notebook,
        timeout=seconds,
        kernel_name="deno",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    nbformat.write(notebook, path)


for name in sys.argv[2:]:
    execute(pathlib.Path(name).resolve(), int(sys.argv[1]))
