"""Who examines shards: processes of this machine, or the workers of a Dask cluster.

Both are a ``concurrent.futures.Executor``; what differs is how one that lost workers goes on.
"""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any, Protocol


class CrewError(Exception):
    """There is nobody to examine shards; the message is one sentence."""


class Crew(Protocol):
    """Those who examine shards.

    Laws: ``is_loss`` is true only of errors that are the end of a worker and no answer; after
    ``renew`` the executor takes shards again.

    Attributes:
        executor: takes shards.
        falls_together: whether the end of one worker is soon the end of all that was handed out.
    """

    executor: Executor
    falls_together: bool

    @property
    def window(self) -> int:
        """How many shards should be waiting or examined at a time: none is idle, few are lost."""
        ...

    def is_loss(self, error: BaseException) -> bool:
        """Whether an error says that a worker ended before it answered."""
        ...

    def renew(self) -> None:
        """Replace the workers that are gone."""
        ...

    def close(self) -> None:
        """End at once; shards that are being examined are lost, and examined again later."""
        ...


class Processes:
    """Processes of this machine.

    Args:
        workers: how many.
    """

    falls_together = True

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self.executor: Executor = self._made()

    @property
    def window(self) -> int:
        """One waits, so that none is idle."""
        return self._workers + 1

    def is_loss(self, error: BaseException) -> bool:
        """A process that was killed breaks the pool."""
        return isinstance(error, BrokenExecutor | CancelledError)

    def renew(self) -> None:
        """A pool that is broken stays broken: make another."""
        self.close()
        self.executor = self._made()

    def close(self) -> None:
        """Kill the processes: each of their engines has a keeper that ends it."""
        running = list((getattr(self.executor, "_processes", None) or {}).values())
        self.executor.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.kill()
        for process in running:
            process.join()

    def _made(self) -> ProcessPoolExecutor:
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
        return ProcessPoolExecutor(self._workers, get_context("spawn"), prepare)


def prepare() -> None:
    """In a worker process: leave Ctrl-C to the parent, print nothing, end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Cluster:
    """The workers of a Dask cluster.

    Args:
        address: of the scheduler, ``tcp://host:8786``.
        patience: seconds to wait for it.

    Raises:
        CrewError: if Dask is not installed, or nobody answers there.
    """

    falls_together = False

    def __init__(self, address: str, patience: float = 10.0) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise CrewError(
                "--scheduler needs Dask: pip install 'microgradref[dask]', here and on each worker"
            ) from None
        try:
            self._client: Any = Client(address, timeout=patience)
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            why = " ".join(str(error).split())[:200]
            raise CrewError(f"no Dask scheduler answers at {address}: {why}") from None
        self.executor: Executor = self._client.get_executor(pure=False)

    @property
    def window(self) -> int:
        """Two for each thread that is there now; workers come and go."""
        return max(2, 2 * sum(map(int, self._client.nthreads().values())))

    def is_loss(self, error: BaseException) -> bool:
        """Dask tries a lost task again by itself, a few times, and then says so."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        return isinstance(error, KilledWorker | CommClosedError | CancelledError)

    def renew(self) -> None:
        """A scheduler replaces its workers by itself."""
        if self._client.status != "running":
            raise CrewError("the Dask scheduler is gone; the same command goes on from here")

    def close(self) -> None:
        """Cancel what was submitted, and leave the cluster."""
        self.executor.shutdown(wait=False)
        self._client.close()
