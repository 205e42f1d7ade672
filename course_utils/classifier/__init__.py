"""``course train``, ``course classify``, ``course evaluate``: the project as a tool."""
