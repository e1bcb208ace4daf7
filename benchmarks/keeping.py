"""How long backups and restores take: `python -m benchmarks.keeping [ARTICLES]`.

The commands as an operator runs them, on real engines that hold this many articles and nothing else, with one worker and one
indexer running on the same machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.pipeline import running_pipeline
from pipeline.operations.status import documents, lag


def main(count: int) -> None:
    with running_pipeline(count) as (settings, variables, start):
        start()
        while documents(settings).get("articles", 0) < count or lag(settings):
            time.sleep(0.5)

        def timed(*arguments: str) -> bytes:
            started = time.monotonic()
            command = [sys.executable, "-m", "pipeline.cli", *arguments]
            done = subprocess.run(command, env=variables, capture_output=True, check=False)
            if done.returncode:
                sys.exit(done.stderr.decode())
            print(f"| `dateline {' '.join(arguments)}` | {time.monotonic() - started:.1f} |", flush=True)
            return done.stdout

        print("| command | s |\n|---|---:|")
        made = timed("snapshot", "create", "--json")
        timed("snapshot", "restore", json.loads(made)["name"])
        timed("reconcile")
        timed("reindex")
        timed("reindex", "--rollback")
        timed("reindex", "--finish")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
