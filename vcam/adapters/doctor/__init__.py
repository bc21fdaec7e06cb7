"""`vcam doctor`: examines everything the app needs, says how to mend it, and mends it where that can be done.

finding ← system ← loopback_checks, camera_checks, desktop_checks, app_checks ← examination; mending; bundle.
"""

from vcam.adapters.doctor.bundle import write_bundle
from vcam.adapters.doctor.examination import examine
from vcam.adapters.doctor.finding import Finding, Level, worst
from vcam.adapters.doctor.mending import Mending, plan_fix, plan_undo

__all__ = ["Finding", "Level", "Mending", "examine", "plan_fix", "plan_undo", "worst", "write_bundle"]
