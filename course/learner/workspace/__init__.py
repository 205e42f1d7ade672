"""The learner's own copies in ``my_course/``: made, kept, and opened in JupyterLab."""
