"""Dividing a whole among its parts, exactly, with a wanted average."""

import math
from collections.abc import Sequence
from itertools import accumulate

_ROUNDS = 8
_STEEPEST = 3.0


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts of `total` in proportion to the weights; they add up exactly."""
    scale = total / sum(weights)
    edges = [int(edge * scale) for edge in accumulate(weights)]
    edges[-1] = total
    return [high - low for low, high in zip([0, *edges], edges, strict=False)]


def tilt(weights: Sequence[float], values: Sequence[float], average: float) -> list[float]:
    """The weights, bent as little as needed for the values' weighted mean to be `average`.

    Each is multiplied by exp(slope x distance); Newton's method finds the slope. An average outside
    the values is approached as far as it goes.
    """
    distances = [value - average for value in values]
    widest = max(map(abs, distances)) or 1.0
    distances = [distance / widest for distance in distances]
    slope, bent = 0.0, list(weights)
    for _ in range(_ROUNDS):
        total = sum(bent)
        mean = sum(w * d for w, d in zip(bent, distances, strict=True)) / total
        spread = sum(w * d * d for w, d in zip(bent, distances, strict=True)) / total - mean * mean
        if spread < 1e-9 or abs(mean) < 1e-7:
            break
        slope = min(max(slope - mean / spread, -_STEEPEST), _STEEPEST)
        bent = [
            weight * math.exp(slope * distance)
            for weight, distance in zip(weights, distances, strict=True)
        ]
    return bent
