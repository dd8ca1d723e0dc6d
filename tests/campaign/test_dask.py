"""A Dask cluster of two processes gives what one process gives, to the byte, come what may."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_engines import overwriting

sys.path.append(str(Path(__file__).parent))
from sharded_samples import ASKED

from verify.campaign.sharded import Cluster, Driver, Journal, Limit, Merged, Processes

if os.environ.get("GRADVERIFY_REQUIRE_ENGINES"):
    import distributed
else:
    distributed = pytest.importorskip("distributed", reason="needs the extra `dask`")
pytestmark = [
    pytest.mark.dask,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here"),
    pytest.mark.filterwarnings("default"),  # of Dask and of what it uses
]
LIMIT = Limit(shards=16)


def lines_of(folder, asked, crew, progress=lambda _: None) -> list[str]:
    folder.mkdir()
    try:
        with Journal(folder) as journal:
            ending = Driver(asked, journal, LIMIT, Merged(asked), progress).run(crew)
            assert ending.trouble == ""
            return sorted(journal.path.read_text().splitlines())
    finally:
        crew.close()


def test_cluster_whose_worker_is_killed_gives_the_bytes_of_one_process(engine_file, tmp_path):
    asked = replace(ASKED, target=engine_file(overwriting("mul"), "engine"), in_process=False)
    quiet = lines_of(tmp_path / "one", asked, Processes(1))
    killed = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, silence_logs=50,
    ) as cluster:  # fmt: skip

        def kill_one(state):
            """In the middle, once, while both are at work."""
            if not killed and state.shards >= 5:
                killed.append(cluster.workers[0].process.pid)
                os.kill(killed[0], signal.SIGKILL)

        crew = Cluster(cluster.scheduler_address)
        assert crew.window == 4
        assert lines_of(tmp_path / "two", asked, crew, kill_one) == quiet
    assert killed
    assert len(quiet) == 16
