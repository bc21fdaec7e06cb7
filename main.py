"""Start Virtual Cam from a checkout: `python main.py`."""

import sys

from vcam.cli import main

sys.exit(main())
