"""The tray app, told that there is a tray: the test kernel has none, and without one the panel opens.

An open panel wants the picture, as a meeting does; a person who leaves the app on all day keeps it closed.
"""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QSystemTrayIcon

from vcam.cli import main

if __name__ == "__main__":
    QSystemTrayIcon.isSystemTrayAvailable = staticmethod(lambda: True)  # type: ignore[method-assign]
    raise SystemExit(main(sys.argv[1:]))
