"""Start Virtual Cam from a checkout: `python main.py`."""

from vcam.cli import start

start()
