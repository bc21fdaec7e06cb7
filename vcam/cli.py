"""The verbs: (none) shows the tray, run, matte, cameras, models, doctor, parity, ctl.

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
from pathlib import Path

from vcam import __version__
from vcam.core.errors import Problem, VcamError
from vcam.core.frame import Size
from vcam.core.settings import Codec, Quality
from vcam.parity.commands import add_parser as add_parity
from vcam.phrases import sentence

FAILED, WRONG_USE = 1, 2
_LONGEST_SIDE = 8192


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb and return the exit code: 0 done, 1 failed or differs, 2 wrong use or input."""
    _mend_streams()
    arguments = _parser().parse_args(argv)
    act: Callable[[argparse.Namespace], int] = arguments.act
    try:
        code = act(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # our reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a bug of ours goes to the log
        what, code = _explain(error)
        sys.stderr.write(f"vcam: {what}\n")
    return code


def _explain(error: Exception) -> tuple[str, int]:
    """Return what is wrong, in words, and the exit code."""
    match error:
        case VcamError():
            return sentence(error.problem, error.detail), WRONG_USE
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vcam", description='Blurs or replaces what is behind you, as the camera "Virtual Cam".'
    )
    parser.add_argument("--version", action="version", version=f"Virtual Cam {__version__}")
    parser.add_argument("--verbose", action="store_true", help="tell more, here and in the log")
    parser.add_argument("--hidden", action="store_true", help="start with the tray icon alone (at login)")
    parser.set_defaults(act=_desktop)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    _add_run(verbs)
    _add_matte(verbs)
    for name, act, words in (
        ("cameras", _cameras, "list the cameras there are"),
        ("models", _models, "list the networks there are"),
    ):
        verb = verbs.add_parser(name, help=words, description=words)
        verb.add_argument("--json", action="store_true", help="for programs")
        verb.set_defaults(act=act)
    _add_doctor(verbs)
    _add_ctl(verbs)
    add_parity(verbs).set_defaults(act=_parity)
    return parser


Verbs = argparse._SubParsersAction  # the type argparse has no public name for


def _add_run(verbs: Verbs[argparse.ArgumentParser]) -> None:
    run = verbs.add_parser("run", help="run without a desktop", description="Run without a desktop.")
    run.add_argument("--headless", action="store_true", help="without a window (otherwise the tray is shown)")
    run.add_argument(
        "--source", default="camera", help="camera, camera:ID, demo, or a clip, picture or folder (camera)"
    )
    run.add_argument("--effect", help="none, blur, #rrggbb, or a picture or clip (as in the settings)")
    run.add_argument("--strength", type=float, help="of the blur, 0 … 1")
    run.add_argument(
        "--fit", choices=("fill", "fit", "tile"), default="fill", help="how a picture is laid out"
    )
    run.add_argument(
        "--sink", default="virtual-camera", help="virtual-camera, null, a clip to write, or a folder/"
    )
    run.add_argument("--frames", type=_count, help="stop after so many frames")
    run.add_argument("--size", type=_size, help="WIDTHxHEIGHT of camera and sink")
    run.add_argument("--fps", type=_count, help="asked of the camera")
    run.add_argument("--codec", choices=[codec.value for codec in Codec], help="asked of the camera")
    run.add_argument(
        "--realtime", action="store_true", help="play files at their own pace, as a camera would"
    )
    run.add_argument("--loop", action="store_true", help="begin files again at their end")
    run.add_argument("--always-on", action="store_true", help="keep the camera open while nobody watches")
    run.add_argument(
        "--every-frame", action="store_true", help="run the network for each frame, moved or not"
    )
    run.add_argument(
        "--pipeline", choices=("desktop", "phone"), default="desktop", help="phone: as in parity"
    )
    run.add_argument("--stats", type=Path, metavar="JSON", help="write figures at the end; - prints them")
    _add_model(run)
    run.set_defaults(act=_run)


def _add_matte(verbs: Verbs[argparse.ArgumentParser]) -> None:
    matte = verbs.add_parser(
        "matte", help="write mattes as PNG files", description="Write one 8-bit alpha PNG for each picture."
    )
    matte.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="pictures, folders, clips")
    matte.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the PNG files go")
    matte.add_argument("--raw", action="store_true", help="the network's matte alone, up-sampled")
    matte.add_argument("--sequence", action="store_true", help="a folder is one clip in name order")
    _add_model(matte)
    matte.set_defaults(act=_matte)


def _add_model(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--quality", type=Quality, choices=list(Quality), help="which network")
    verb.add_argument("--model", default="", metavar="NAME", help="a network by name, see `vcam models`")


def _add_doctor(verbs: Verbs[argparse.ArgumentParser]) -> None:
    doctor = verbs.add_parser("doctor", help="find out what is missing, and mend it")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--fix", action="store_true", help="show what would be changed, ask, and change it")
    doctor.add_argument("--undo", action="store_true", help="take back what --fix did")
    doctor.add_argument("--yes", action="store_true", help="with --fix or --undo: do not ask")
    doctor.add_argument("--bundle", type=Path, metavar="ZIP", help="collect what a report needs, redacted")
    doctor.set_defaults(act=_doctor)


def _add_ctl(verbs: Verbs[argparse.ArgumentParser]) -> None:
    ctl = verbs.add_parser("ctl", help="tell the running app what to do")
    ctl.add_argument("do", choices=("status", "show", "on", "off", "pause", "resume", "effect", "quit"))
    ctl.add_argument("value", nargs="?", default="", help="of effect: none, blur, #rrggbb, or a path")
    ctl.set_defaults(act=_ctl)


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"got {text} != wanted 1 or more")
    return value


def _size(text: str) -> Size:
    width, cross, height = text.lower().partition("x")
    if not cross or not width.isdigit() or not height.isdigit():
        raise argparse.ArgumentTypeError(f"got {text!r} != wanted WIDTHxHEIGHT, as 1280x720")
    try:
        size = Size(int(width), int(height))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if max(size.width, size.height) > _LONGEST_SIDE:
        raise argparse.ArgumentTypeError(f"got {size} != wanted {_LONGEST_SIDE} a side at most")
    return size


def _desktop(arguments: argparse.Namespace) -> int:
    from vcam.verbs.desktop import show  # noqa: PLC0415

    return show(verbose=arguments.verbose, hidden=arguments.hidden)


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.headless:
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

    return tell(arguments.do, arguments.value)
