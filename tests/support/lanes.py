"""How files of tests are dealt out to three or more pytest workers.

Tests with engines wait for most of their time, others compute. So the last worker takes files that need no engines, at a lower
priority: it has the time in which the others wait. These begin with the files that need engines, and take the rest at the end.
"""

from __future__ import annotations

from collections.abc import Iterable

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

NICENESS = 5
LIGHT = ("tests/unit/", "tests/docs/")


def computes(worker: str, workers: int) -> bool:
    """Whether the worker of this name (`gw0`, `gw1`, ...) is the one for files that need no engines."""
    return workers > 2 and worker == f"gw{workers - 1}"


def next_file(waiting: Iterable[str], *, light: bool) -> str:
    """The first file that needs no engines, or that does; any other where there is none such."""
    files = list(waiting)
    return next((file for file in files if file.startswith(LIGHT) is light), files[0])


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """xdist's own way with files, but for which one is next."""

    def _light(self, node: WorkerController) -> bool:
        return computes(node.gateway.id, self.numnodes)

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(next_file(self.workqueue, light=self._light(node)), last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        if self._light(node) and not any(file.startswith(LIGHT) for file in self.workqueue):
            node.shutdown()  # after what it has: engines get no more tests at a time than they have workers
        else:
            super()._reschedule(node)
