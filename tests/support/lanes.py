"""How files of tests are dealt out to three or more pytest workers.

Tests with engines wait for half of their time and more (for heartbeats, commits, refreshes, servers that start), others compute.
So all workers but the last begin with the files that need engines: three of them use what two cores have. The last one takes
files that need none, at a lower priority: it has the time in which the others wait. The others take the rest of those at the
end. Of each kind the files that take longest come first, so that the last ones are short and all workers end together.
"""

from __future__ import annotations

from collections.abc import Iterable

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

NICENESS = 5
LIGHT = (
    "tests/unit/",
    "tests/docs/",
    *(
        f"tests/contracts/test_{name}"
        for name in ("compose", "healthy", "image", "kubernetes", "monitoring", "schemas")
    ),
    "tests/faults/test_watcher",
)
LONGEST = tuple(
    f"tests/{name}.py"
    for name in (
        "integration/test_flows", "integration/test_local", "integration/test_keeping", "browser/test_pages", "faults/test_kills",
        "contracts/test_faust_traps", "integration/test_secure", "faults/test_rebalance", "integration/test_push", "faults/test_model",
        "faults/test_sink", "faults/test_state_store", "faults/test_push_load", "integration/test_forms", "faults/test_indexer_engines",
        "faults/test_indexer", "integration/test_feeds", "faults/test_worker", "integration/test_status",
        "integration/test_saved_searches", "integration/test_analysis", "faults/test_backlog", "faults/test_engines",
        "integration/test_dead_letters", "unit/commands/test_cli", "unit/streams/test_probe", "unit/formats/test_pages",
        "unit/streams/test_odd_records", "unit/ingest/test_submissions", "unit/streams/test_tables", "unit/test_extending",
    )
)  # fmt: skip
"""Files that take more than forty seconds of a whole run, and of those without engines more than twenty (`--durations=0` says
it); longest first. A file that is missing here costs a minute at most."""


def computes(worker: str, workers: int) -> bool:
    """Whether the worker of this name (`gw0`, `gw1`, ...) is the one for files that need no engines."""
    return workers > 2 and worker == f"gw{workers - 1}"


def share(files: Iterable[str], worker: str, workers: int) -> list[str]:
    """The files that the worker of this name imports before all others. pytest writes the assertions of a file anew, and keeps
    them, where no process has yet: in a new checkout that is half of what collecting takes, and all workers collect all files."""
    return sorted(files)[int(worker.removeprefix("gw")) :: workers]


def next_file(waiting: Iterable[str], *, light: bool) -> str:
    """The longest file that needs no engines, or that does; of any kind where there is none such."""
    files = list(waiting)
    own = [file for file in files if file.startswith(LIGHT) is light]
    return min(own or files, key=lambda file: LONGEST.index(file) if file in LONGEST else len(LONGEST))


class Lanes(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
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
