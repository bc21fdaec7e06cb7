"""What the command line understands: the verbs (or none) and their options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from vcam import __version__
from vcam.core.frame import Size
from vcam.core.settings import Codec, Quality
from vcam.parity.commands import add_parser as add_parity
from vcam.phrases import printable

_WRONG_USE = 2
_LONGEST_SIDE = 8192
_EXAMPLES = """examples:
  vcam                                     the tray icon and its panel
  vcam doctor                              why it does not work, and what to do
  vcam run --headless --effect blur        from the camera to "Virtual Cam", without a desktop
  vcam run --headless --source talk.mp4 --effect beach.jpg --sink out.mp4
  vcam ctl pause                           tell the app that runs"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong and where to read on, and not every option there is."""

    def error(self, message: str) -> NoReturn:
        self.exit(_WRONG_USE, printable(f"{self.prog}: {message}\nSee `{self.prog} --help`.") + "\n")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; what it returns names the verb in `verb`, "" for none."""
    parser: argparse.ArgumentParser = _Parser(
        prog="vcam",
        description='Blurs or replaces what is behind you, as the camera "Virtual Cam".\n'
        "Without a verb it shows the tray icon; where there is no screen, a demo.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Virtual Cam {__version__}")
    parser.add_argument("--verbose", action="store_true", help="tell more, here and in the log")
    parser.add_argument("--hidden", action="store_true", help="start with the tray icon alone (at login)")
    parser.set_defaults(verb="")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    _add_run(verbs)
    _add_matte(verbs)
    for name, words in (("cameras", "list the cameras there are"), ("models", "list the networks there are")):
        verb = verbs.add_parser(name, help=words, description=f"{words.capitalize()}.")
        verb.add_argument("--json", action="store_true", help="for programs")
        verb.set_defaults(verb=name)
    _add_doctor(verbs)
    _add_ctl(verbs)
    add_parity(verbs).set_defaults(verb="parity")
    return parser


Verbs = argparse._SubParsersAction  # the type argparse has no public name for


def _add_run(verbs: Verbs[argparse.ArgumentParser]) -> None:
    run = verbs.add_parser(
        "run",
        help="run without a desktop",
        description="Run without a desktop, until the source ends or Ctrl+C.",
    )
    run.add_argument("--headless", action="store_true", help="without a window (otherwise the tray is shown)")
    _add_ends(run)
    run.add_argument("--frames", type=_count, metavar="N", help="stop after so many frames")
    run.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT", help="of camera and sink, as 1280x720")
    run.add_argument("--fps", type=_count, metavar="N", help="frames per second, asked of the camera")
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
    run.set_defaults(verb="run", untouched=run.parse_args([]))
    run.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help="tell more")


def _add_ends(run: argparse.ArgumentParser) -> None:
    """Add what a picture comes from, what is done to it, and where it goes."""
    run.add_argument(
        "--source",
        default="camera",
        help="camera, camera:ID (see `vcam cameras`), demo, or a clip, picture or folder (default: camera)",
    )
    run.add_argument(
        "--effect", help="none, blur, #rrggbb, or a picture or clip (default: as in the settings)"
    )
    run.add_argument("--strength", type=_strength, metavar="0…1", help="of the blur")
    run.add_argument(
        "--fit",
        choices=("fill", "fit", "tile"),
        default="fill",
        help="how a picture or clip is laid out: cut to fill, whole, or repeated (default: fill)",
    )
    run.add_argument(
        "--sink",
        default="virtual-camera",
        help="virtual-camera, null, a clip to write, or a folder/ (default: virtual-camera)",
    )


def _add_matte(verbs: Verbs[argparse.ArgumentParser]) -> None:
    matte = verbs.add_parser(
        "matte", help="write mattes as PNG files", description="Write one 8-bit alpha PNG for each picture."
    )
    matte.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="pictures, folders, clips")
    matte.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the PNG files go")
    matte.add_argument("--raw", action="store_true", help="the network's matte alone, up-sampled")
    matte.add_argument("--sequence", action="store_true", help="a folder is one clip in name order")
    _add_model(matte)
    matte.set_defaults(verb="matte")


def _add_model(verb: argparse.ArgumentParser) -> None:
    qualities = "{" + ",".join(Quality) + "}"
    verb.add_argument("--quality", type=_quality, metavar=qualities, help="which network")
    verb.add_argument("--model", default="", metavar="NAME", help="a network by name, see `vcam models`")


def _add_doctor(verbs: Verbs[argparse.ArgumentParser]) -> None:
    words = "find out what is missing, and mend it"
    doctor = verbs.add_parser("doctor", help=words, description=f"{words.capitalize()}.")
    act = doctor.add_mutually_exclusive_group()
    act.add_argument("--json", action="store_true", help="for programs")
    act.add_argument("--fix", action="store_true", help="show what would be changed, ask, and change it")
    act.add_argument("--undo", action="store_true", help="take back what --fix did")
    act.add_argument("--bundle", type=Path, metavar="ZIP", help="collect what a report needs, redacted")
    doctor.add_argument("--yes", action="store_true", help="with --fix or --undo: do not ask")
    doctor.set_defaults(verb="doctor")


def _add_ctl(verbs: Verbs[argparse.ArgumentParser]) -> None:
    words = "tell the running app what to do"
    ctl = verbs.add_parser("ctl", help=words, description=f"{words.capitalize()}, and print how it is.")
    does = ("status", "show", "on", "off", "pause", "resume", "toggle", "effect", "quit")
    ctl.add_argument("do", choices=does, metavar="DO", help=f"{', '.join(does)} (toggle: pause or resume)")
    ctl.add_argument("value", nargs="?", default="", help="of effect: none, blur, #rrggbb, or a path")
    ctl.set_defaults(verb="ctl")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r} != wanted a whole number, 1 or more")
    return int(text)


def _strength(text: str) -> float:
    try:
        strength = float(text)
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= 1:
        raise argparse.ArgumentTypeError(f"got {text!r} != wanted a number, 0 … 1")
    return strength


def _quality(text: str) -> Quality:
    try:
        return Quality(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"got {text!r} != wanted one of {', '.join(Quality)}") from None


def _size(text: str) -> Size:
    width, cross, height = text.lower().replace("×", "x").partition("x")
    if not cross or not width.isdigit() or not height.isdigit():
        raise argparse.ArgumentTypeError(f"got {text!r} != wanted WIDTHxHEIGHT, as 1280x720")
    try:
        size = Size(int(width), int(height))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if max(size.width, size.height) > _LONGEST_SIDE:
        raise argparse.ArgumentTypeError(f"got {size} != wanted {_LONGEST_SIDE} a side at most")
    return size
