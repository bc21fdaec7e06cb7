"""The door: a verb of the command line, its exit code, and words instead of tracebacks.

Each verb imports what it needs when it is called: headless ones never load Qt, and `--help` loads nothing.
"""

from __future__ import annotations

import argparse
import io
import logging
import logging.handlers
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from vcam.core.errors import Problem, VcamError, as_expected
from vcam.core.settings import Quality
from vcam.phrases import printable, sentence
from vcam.verbs.arguments import make_parser

FAILED, WRONG_USE = 1, 2


def start() -> NoReturn:
    """Run the command line's verb, and end the process."""
    code = main()
    logging.shutdown()
    sys.stderr.flush()
    # What was to be closed is. Neither a thread that was abandoned in a driver nor a library's exit handler
    # may hold us back, or bring us down, now.
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb and return the exit code: 0 done, 1 failed or differs, 2 wrong use or input."""
    _mend_streams()
    arguments = make_parser().parse_args(argv)
    try:
        code = _ACTS[arguments.verb](arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # our reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a bug of ours goes to the log
        what, code = _explain(error)
        sys.stderr.write(f"vcam: {printable(what)}\n")
    return code


def _explain(error: Exception) -> tuple[str, int]:
    """Return what is wrong, in words, and the exit code."""
    match error:
        case VcamError():
            return sentence(error.problem, error.detail), WRONG_USE
        case _ if as_expected(error).problem is Problem.NO_MEMORY:
            return sentence(Problem.NO_MEMORY, str(error)), FAILED
        case ValueError():
            return str(error), WRONG_USE
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}", WRONG_USE
        case _:
            _keep(error)
            return sentence(Problem.UNFORESEEN, f"{type(error).__name__}: {error}"), FAILED


def _mend_streams() -> None:
    """Let nothing fail because a terminal knows few letters, or is not there (Windows without a console)."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for life
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _keep(error: Exception) -> None:
    """Leave the traceback to the log."""
    from vcam import log  # noqa: PLC0415
    from vcam.adapters.settings_file import state_folder  # noqa: PLC0415

    handlers = logging.getLogger().handlers
    if not any(isinstance(handler, logging.handlers.RotatingFileHandler) for handler in handlers):
        log.set_up(state_folder(), verbose=False)
    logging.getLogger(__name__).error("a bug of ours", exc_info=error, extra={"told": True})


def _desktop(arguments: argparse.Namespace) -> int:
    from vcam.verbs.desktop import show  # noqa: PLC0415

    return show(verbose=arguments.verbose, hidden=arguments.hidden)


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.headless:
        spare = [
            name for name, value in vars(arguments.untouched).items() if getattr(arguments, name) != value
        ]
        if spare:
            given = ", ".join(f"--{name.replace('_', '-')}" for name in spare)
            raise ValueError(f"got {given} without --headless != wanted both; the tray has its own settings")
        return _desktop(arguments)
    from vcam.verbs.run import run  # noqa: PLC0415

    return run(arguments)


def _matte(arguments: argparse.Namespace) -> int:
    from vcam.verbs.mattes import write_mattes  # noqa: PLC0415

    failed = write_mattes(
        arguments.inputs,
        arguments.out,
        quality=arguments.quality or Quality.QUALITY,
        model=arguments.model,
        raw=arguments.raw,
        sequence=arguments.sequence,
    )
    return WRONG_USE if failed else 0


def _cameras(arguments: argparse.Namespace) -> int:
    from vcam.verbs.listings import show_cameras  # noqa: PLC0415

    return show_cameras(as_json=arguments.json)


def _models(arguments: argparse.Namespace) -> int:
    from vcam.verbs.listings import show_models  # noqa: PLC0415

    return show_models(as_json=arguments.json)


def _doctor(arguments: argparse.Namespace) -> int:
    from vcam.verbs.doctor import doctor  # noqa: PLC0415

    return doctor(arguments)


def _parity(arguments: argparse.Namespace) -> int:
    from vcam.adapters.sources import open_source  # noqa: PLC0415
    from vcam.parity.commands import Outside, run  # noqa: PLC0415
    from vcam.resources import MODELS  # noqa: PLC0415

    return run(arguments, Outside(lambda spec: open_source(spec or "camera"), (MODELS,)))


def _ctl(arguments: argparse.Namespace) -> int:
    from vcam.verbs.remote import tell  # noqa: PLC0415

    if bool(arguments.value) != (arguments.do == "effect"):
        wanted = "an effect after `effect`" if arguments.do == "effect" else f"nothing after `{arguments.do}`"
        raise ValueError(f"got {arguments.value!r} != wanted {wanted}")
    return tell(arguments.do, arguments.value)


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "": _desktop,
    "run": _run,
    "matte": _matte,
    "cameras": _cameras,
    "models": _models,
    "doctor": _doctor,
    "ctl": _ctl,
    "parity": _parity,
}
