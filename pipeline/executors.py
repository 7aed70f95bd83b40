"""Where tasks run: one after the other, in processes of this machine, or on a dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from pipeline.errors import StudyError

ENGINES = ("serial", "processes", "dask")
RETRIES = 3


def worker_count(engine: str, workers: int = 0) -> int:
    """How many processes an engine makes datasets in: 1 for serial, one per core unless asked."""
    return 1 if engine == "serial" else workers or os.cpu_count() or 1


@dataclass(frozen=True)
class Pool:
    """What runs tasks, and how many it runs at the same time just now."""

    executor: Executor
    places: Callable[[], int]


@contextmanager
def executor(engine: str, workers: int = 0, scheduler: str = "") -> Iterator[Pool | None]:
    """The pool of an engine; None for serial.

    `workers` is the number of processes (0: one per core). `scheduler` is the address of a dask
    scheduler whose workers see the same folder; without one a local cluster is started.
    """
    count = worker_count(engine, workers)
    if engine == "processes":
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
            yield Pool(pool, lambda: count)
    elif engine == "dask":
        with _client(count, scheduler) as client:
            pool = client.get_executor(retries=RETRIES, pure=False)
            yield Pool(pool, lambda: max(1, sum(client.nthreads().values())))
    else:
        yield None


@contextmanager
def _client(count: int, scheduler: str) -> Iterator[Any]:
    """A dask client; a lost worker costs its tasks another try."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise StudyError(
            "--engine dask", "the package distributed is not installed", "install crf2csr[cluster]"
        ) from None
    if scheduler:
        with Client(scheduler, timeout="30s") as client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=count, threads_per_worker=1, dashboard_address=None, protocol="tcp://"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client
