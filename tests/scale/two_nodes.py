"""A program for the tests: a Ray cluster of two simulated nodes, an accident, ``course features --ray``.

python two_nodes.py ACCIDENT PHOTOS OUT        ACCIDENT: worker, node, none
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
from ray.cluster_utils import Cluster

from course import cli
from course.learner.scale import parts

parts.PHOTOS = 4  # in this process, which plans
STORE = 100 * 2**20
WORKER = "MapWorker"  # what Ray Data calls the processes of an actor pool


def workers() -> list[psutil.Process]:
    """The processes below this one that make parts."""
    found = psutil.Process().children(recursive=True)
    return [each for each in found if WORKER in " ".join(each.cmdline())]


def accident(kind: str, out: Path, cluster: Cluster, node: object) -> None:
    """Once three parts are there."""
    while len(list(out.glob("part-*.parquet"))) < 3:
        time.sleep(0.1)
    if kind == "worker":
        victim = workers()[0]
        os.kill(victim.pid, signal.SIGKILL)
        print("killed", victim.pid, flush=True)
    elif kind == "node":
        cluster.remove_node(node, allow_graceful=False)
        print("removed", flush=True)


def main() -> int:
    kind, folder, out = sys.argv[1:]
    head = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    node = cluster.add_node(num_cpus=1, object_store_memory=STORE)
    cluster.wait_for_nodes()
    watch = threading.Thread(target=accident, args=(kind, Path(out), cluster, node), daemon=True)
    watch.start()
    try:
        return cli.main(["features", folder, "--out", out, "--ray", cluster.address])
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    sys.exit(main())
