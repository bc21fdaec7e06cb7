"""The table that every job adds to: what was done, what was seen, whether that is right, how long it took."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path("/tmp/results")  # noqa: S108 - the job's own file system; mounted by init


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        done: what was done.
        seen: what was seen then, with figures.
        ok: whether that is what should be seen.
        seconds: how long it took to be so again; None where nothing was to be waited for.
    """

    done: str
    seen: str
    ok: bool
    seconds: float | None = None


class Table:
    """Writes each row as it comes, so that a job that dies still tells what it saw."""

    def __init__(self, path: Path = RESULTS / "rows.jsonl") -> None:
        self._path = path
        self._path.unlink(missing_ok=True)
        self.failed = 0

    def add(self, done: str, seen: str, ok: bool, seconds: float | None = None) -> None:
        row = Row(done, seen, bool(ok), None if seconds is None else round(seconds, 2))
        self.failed += not row.ok
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
        print(
            "ok  " if row.ok else "FAIL",
            done,
            "→",
            seen,
            "" if seconds is None else f"({seconds:.2f} s)",
            flush=True,
        )

    @contextmanager
    def trying(self, done: str) -> Iterator[None]:
        """Turn what goes wrong in a step into a failed row, and go on with the next one."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - any failure of a step is a result
            self.add(done, f"{type(error).__name__}: {error}"[:300], ok=False)


def read(path: Path) -> list[Row]:
    """Return the rows that a job has written."""
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def until(condition: Callable[[], bool], timeout: float, every: float = 0.05) -> float | None:
    """Return the seconds until the condition held, or None after the timeout."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > timeout:
            return None
        time.sleep(every)
    return time.monotonic() - started
