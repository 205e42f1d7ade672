"""A program for the tests: a Ray cluster of two simulated nodes, an accident, ``course features --ray``.

python two_nodes.py ACCIDENT PHOTOS OUT        ACCIDENT: worker, node, driver
"""

import socket
import sys
from pathlib import Path

import many_photos
import psutil
from ray.cluster_utils import Cluster

STORE = 100 * 2**20
WORKER = "MapWorker"  # what Ray Data calls the processes of an actor pool
SMALL_PARTS = "from course.learner.scale import parts; parts.PHOTOS = 4"


def ports() -> dict[str, int]:
    """Of a node's helpers. Where Ray chooses them itself it gives up after 15 seconds."""
    names = ("metrics_agent_port", "metrics_export_port")
    names += ("runtime_env_agent_port", "dashboard_agent_listen_port")
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    found = {name: probe.getsockname()[1] for name, probe in zip(names, probes, strict=True)}
    for probe in probes:
        probe.close()
    return found


def workers() -> list[psutil.Process]:
    """The processes below this one that make parts."""
    found = psutil.Process().children(recursive=True)
    return [each for each in found if WORKER in " ".join(each.cmdline())]


def accident(kind: str, out: Path, cluster: Cluster, node: object, driver) -> None:
    """Once three parts are there."""
    many_photos.wait_for_files(out, 3, driver)
    if kind == "worker":
        workers()[0].kill()
    elif kind == "node":
        cluster.remove_node(node, allow_graceful=False)
    else:
        driver.kill()
        driver.communicate()
    print("happened", kind, len(list(out.glob("part-*"))), flush=True)


def main() -> None:
    """Prints what happened, and what the command said at the end."""
    kind, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    options = {"num_cpus": 1, "object_store_memory": STORE}
    head = options | ports() | {"include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    node = cluster.add_node(**options, **ports())
    cluster.wait_for_nodes()
    command = (folder, "--out", out, "--ray", cluster.address)
    try:
        driver = many_photos.start(*command, code=SMALL_PARTS)
        accident(kind, out, cluster, node, driver)
        if kind == "driver":
            driver = many_photos.start(*command, code=SMALL_PARTS)
        print(many_photos.done(driver))
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()
