"""What each backbone is, as plain data: importing this file loads no framework."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """One pretrained network.

    size: side of the square input in pixels. n_features: channels of the last feature map.
    n_params: numbers in the network without its 1,000-class head (preprocessing not counted).
    n_macs: multiply-accumulate operations of one photo of that size, without the head.
    asset: name for ``assets.fetch``. has_top: whether the weights include the 1,000-class head.
    preprocessing: what happens to raw 0–255 RGB inside the model.
    """

    name: str
    size: int
    n_features: int
    n_params: int
    n_macs: int
    asset: str
    licence: str
    preprocessing: str
    has_top: bool
    blocks_end: str  # the last part of the network before the head, for lessons that unfreeze it
