"""The classifier behind ``course train``, ``classify`` and ``evaluate``."""
