"""The name under which an ASGI server offers its transport (see progress/direct.py)."""

EXTENSION = "progress.direct"
