"""Virtual Cam: the virtual webcam that people leave on all day."""

import os

__version__ = "0.1.0"

# Since 1.29 onnxruntime tells its maker of every network it loads, keeps an identifier on the disk, and holds
# a program back at its end until all has been told. It looks here once, when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
