"""`python -m vcam`."""

from vcam.cli import start

start()
