"""What every lesson imports, imported once: processes that run lessons are forked from this state.

Nothing is computed here: TensorFlow starts its threads with the first operation, and threads do not
survive a fork.
"""

import course_utils  # noqa: F401  (first, so that TensorFlow starts without its messages)

# isort: split
import keras  # noqa: F401
import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt  # noqa: F401
import numpy as np  # noqa: F401
import pandas as pd  # noqa: F401
import sklearn.linear_model  # noqa: F401
import tensorflow as tf  # noqa: F401

from course_utils import explorables, features, figures, learning, photos, widgets  # noqa: F401
