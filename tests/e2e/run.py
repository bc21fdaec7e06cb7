"""Runs the end-to-end jobs in the test kernel and prints what they saw: `make e2e`, or some, by name.

Every job is a module in tests/e2e/jobs that runs inside the kernel (see boot) and adds rows to a table.
CLIPS="a.zip b.zip" plays real people, too (lab/person.py says what such an archive holds).
SOAK=3600 soaks for so many seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.lab import table
from tests.e2e.lab.table import Row

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KERNEL = ROOT / ".cache" / "e2e" / "kernel"
RESULTS = ROOT / ".cache" / "e2e" / "results"


@dataclass(frozen=True, slots=True)
class Job:
    """A module of tests/e2e/jobs, under one generation of the loopback module.

    Attributes:
        module: its name.
        loopback: 0.12.7 (Debian 12: sticks, and doesn't tell who reads) or 0.15.0 (tells).
        limit: seconds.
        extra: the environment's variable whose words it gets.
    """

    module: str
    loopback: str
    limit: int = 900
    extra: str = ""

    @property
    def name(self) -> str:
        """How it is called on the command line and among the results."""
        return f"{self.module}-{self.loopback}"


JOBS = (
    Job("spine", "0.12.7", extra="CLIPS"),
    Job("spine", "0.15.0", extra="CLIPS"),
    Job("on_demand", "0.12.7"),
    Job("on_demand", "0.15.0"),
    Job("camera_faults", "0.12.7"),
    Job("sink_faults", "0.12.7"),
    Job("sink_faults", "0.15.0"),
    Job("fail_closed", "0.12.7"),
    Job("soak", "0.15.0", extra="SOAK"),
    Job("ourselves", "0.15.0"),
    Job("doctor", "0.12.7"),
    Job("doctor", "0.15.0"),
)


def main(wanted: list[str]) -> int:
    subprocess.run([HERE / "build-kernel", KERNEL], check=True)
    seen: dict[Job, list[Row]] = {}
    for job in JOBS:
        if not wanted or job.name in wanted or job.module in wanted:
            seen[job] = run(job)
    if not seen:
        sys.stderr.write(f"got {' '.join(wanted)} != wanted some of {' '.join(job.name for job in JOBS)}\n")
        return 2
    rows = [row for some in seen.values() for row in some]
    failed = sum(not row.ok for row in rows)
    text = "\n\n".join(_as_text(job, some) for job, some in seen.items())
    (RESULTS / "table.md").write_text(text + "\n", encoding="utf-8")
    figures = {job.name: [asdict(row) for row in some] for job, some in seen.items()}
    (RESULTS / "table.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False), encoding="utf-8")
    print(f"\n{text}\n\n{len(rows)} rows, {failed} failed; all results are in {RESULTS.relative_to(ROOT)}")
    return 1 if failed else 0


def run(job: Job) -> list[Row]:
    """Boot the kernel for one job and return its rows; one that dies without a failed row gets one."""
    results = RESULTS / job.name
    print(f"\n{job.name} …", flush=True)
    began = time.monotonic()
    more = os.environ.get(job.extra, "").split()
    limit = job.limit + (int(more[0]) if job.extra == "SOAK" and more else 0)
    environment = os.environ | {"LOOPBACK": job.loopback, "LIMIT": str(limit)}
    command = [HERE / "boot", KERNEL, results, sys.executable, "-m", f"tests.e2e.jobs.{job.module}", *more]
    code = subprocess.run(command, env=environment, check=False).returncode
    rows = table.read(results / "rows.jsonl")
    if not rows or (code and all(row.ok for row in rows)):
        log = results / "job.log"
        said = log.read_text(encoding="utf-8", errors="replace")[-1500:] if log.exists() else "nothing"
        rows.append(Row("The job itself", f"ended with {code}; it said: …{said}", ok=False))
    for row in rows:
        print(f"  {_mark(row)} {row.done} → {row.seen}{_time(row)}", flush=True)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return rows


def _as_text(job: Job, rows: list[Row]) -> str:
    lines = [
        f"## {job.module}, v4l2loopback {job.loopback}",
        "",
        "| done | seen | | after |",
        "|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.done, row.seen, _mark(row), f"{row.seconds:.2f} s" if row.seconds is not None else "")
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def _mark(row: Row) -> str:
    return "✔" if row.ok else "✘"


def _time(row: Row) -> str:
    return f" ({row.seconds:.2f} s)" if row.seconds is not None else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
