"""The garbage collector of a process that runs until it is told to leave."""

from __future__ import annotations

import gc


def spare_what_stays() -> None:
    """Models, modules and the app stay until the end: the garbage collector goes through them no more. And it goes through what
    is new less often, as a batch of articles or an answer is many objects, which are all gone by themselves when it is done."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
