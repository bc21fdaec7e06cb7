"""PySide6 itself must be sound: the app runs from login to shutdown, and calls it all the time."""

import sys

import PySide6
from PySide6.QtCore import QCoreApplication


def test_calls_into_qt_leave_the_count_of_none_alone(qapp: QCoreApplication) -> None:
    """PySide6 6.12.0 on Python 3.11 takes one reference to None with each call, until the app aborts."""
    before = sys.getrefcount(None)
    for _ in range(500):
        qapp.sendPostedEvents()
    lost = before - sys.getrefcount(None)
    python = ".".join(map(str, sys.version_info[:2]))
    assert lost < 100, (
        f"got PySide6 {PySide6.__version__} on Python {python}, which lost {lost} references to None "
        "in 500 calls != wanted a sound one: use PySide6-Essentials and shiboken6 6.11.3, or Python 3.12"
    )
