"""The same parts, made by the processors of a Ray cluster; Ray Data shares them out.

Each worker makes whole parts: it reads the photos itself and writes the file itself, so all machines
must see both places. A part that a dead worker left is made again elsewhere, one that is there is
left alone; nothing else has to be remembered.
"""

import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from course.learner.scale import parts as parts_
from course.learner.scale import places
from course.learner.scale.parts import Part
from course_utils.messages import CourseError

# Of a processor: less than one, or on small machines Ray's own tasks would wait for ever for theirs.
SHARE = 0.9
STORE = 100 * 2**20  # bytes for what workers pass on: only names
LOCAL = "local"


class Worker:
    """Lives in a process of the cluster: the network is loaded once, then part after part is made."""

    def __init__(self, source: str, out: str, backbone: str) -> None:
        import tensorflow as tf

        import course_utils  # noqa: F401 – silences TensorFlow

        # One processor is this worker's; Ray sets OMP_NUM_THREADS, which TensorFlow does not read.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.source, self.out = places.opened(source), places.opened(out)
        self.backbone = backbone

    def __call__(self, row: dict) -> dict:
        """Make a part unless it is there; gives its numbers of photos and of bad ones.

        Or what went wrong, as data: on its way through Ray an exception would lose what it is.
        """
        part = Part(row["file"], tuple(row["photos"]))
        try:
            return _answer(photos=len(part.photos), bad=self._make(part))
        except OSError as error:
            return _answer(errno=error.errno or -1, zh=error.strerror or str(error))
        except CourseError as error:
            return _answer(zh=error.zh, en=error.en)

    def _make(self, part: Part) -> int:
        if part.file in self.out.names():
            return 0
        ((_, rows),) = parts_.made([part], self.source, self.backbone, cores=1)
        return parts_.write(self.out, part, rows, self.backbone)


def _answer(photos: int = 0, bad: int = 0, errno: int = 0, zh: str = "", en: str = "") -> dict:
    return {"photos": photos, "bad": bad, "errno": errno, "zh": zh, "en": en}


def checked(answer: dict, out: str) -> dict:
    """The worker's answer. OSError or CourseError where it tells of one."""
    if answer["errno"]:
        raise OSError(answer["errno"], answer["zh"], out)
    if answer["zh"]:
        raise CourseError(answer["zh"], answer["en"])
    return answer


def connect(address: str) -> None:
    """Join the cluster at this address; "auto": that of RAY_ADDRESS, or a new one of this machine."""
    from bootstrap.computer import processors

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports its use unless told not to
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS") or LOCAL
    # A busy machine takes longer than Ray's 30 seconds to start its processes.
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "300")
    options: dict = {}
    if address == LOCAL:
        # Ray listens on every network interface: only whoever has the token may talk to it, and it
        # is made here, so that none has to lie in a file.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
        options = {"num_cpus": processors(), "object_store_memory": STORE}
        options["include_dashboard"] = False
    import ray

    try:
        ray.init(address=address, logging_level=logging.WARNING, log_to_driver=False, **options)
    except Exception as error:  # Ray raises any kind, bare ones too
        raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> CourseError:
    reason = " ".join(str(error).split())[:300]
    if address == LOCAL:
        return CourseError(
            f"Ray 在这台电脑上没有启动（{reason}）。不用 --ray 也能做完：去掉它，再运行一次。",
            f"Ray did not start on this computer ({reason}). The work does not need it: leave --ray out.",
        )
    return CourseError(
        f"连不上 {address} 的 Ray 集群（{reason}）。请检查地址、令牌（RAY_AUTH_TOKEN），以及两边的 Ray 版本是否相同。",
        f"The Ray cluster at {address} cannot be reached ({reason}). Check the address, its token "
        "(RAY_AUTH_TOKEN), and that both sides have the same version of Ray.",
    )


def made(
    parts: Sequence[Part], source: str, out: str, backbone: str, address: str
) -> Iterator[dict]:
    """Numbers of each part that was made, in the order in which they end. Raises OSError, CourseError."""
    connect(address)  # before anything else of Ray: it reads its settings when it is imported
    import ray
    import ray.data  # a module of its own
    from ray.exceptions import RayError

    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        cores = max(1, int(ray.cluster_resources()["CPU"]))
        rows = [{"file": part.file, "photos": list(part.photos)} for part in parts]
        worker: Any = Worker  # Ray's types know functions only
        pool = ray.data.ActorPoolStrategy(size=min(len(rows), cores))
        found = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            worker, fn_constructor_args=(source, out, backbone), compute=pool, num_cpus=SHARE
        )
        for answer in found.iter_rows():
            yield checked(answer, out)
    except RayError as error:
        reason = " ".join(str(error).split())[-300:]
        raise CourseError(
            f"Ray 没有做完（{reason}）。已经写好的不会丢：请再运行一次。",
            f"Ray did not finish ({reason}). What is written stays: run the command again.",
        ) from error
    finally:
        ray.shutdown()
