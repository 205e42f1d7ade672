"""Frozen encoders of texts and sounds, and the weights of a small BERT: read from files, run by NumPy or TensorFlow."""
