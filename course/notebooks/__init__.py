"""Lessons as notebooks: source, execution, kernels; shared by run, build and grade."""
