"""``course mutate``: one planted fault at a time, and whether a lesson's assertions see it."""
