"""The ``course`` command: one folder for each kind of person who types it. Lessons never import it."""
