"""Frozen features of photos: extracted once, then from the cache on disk."""

from course_utils.features.extraction import extract, extract_good, input_size

__all__ = ["extract", "extract_good", "input_size"]
