"""Features of very many photos: parts of a folder as Parquet files, by one process, several, or Ray.

Needs pyarrow, and for ``--ray`` Ray: the optional group "scale" of pyproject.toml.
"""
