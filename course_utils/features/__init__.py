"""Frozen features of photos, texts and sounds: extracted once, then from the cache on disk."""

from course_utils.features.extraction import extract, extract_good, input_size
from course_utils.features.rows import of_sounds, of_texts

__all__ = ["extract", "extract_good", "input_size", "of_sounds", "of_texts"]
