"""Settings as JSON, and back, field by field: one bad field never costs the others.

{"version": 1, "camera": "", "size": [1280, 720], "effect": {"kind": "blur", "strength": 0.6}, …}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from vcam.core.background import Blur, Clip, Colour, Effect, Fit, NoEffect, Picture
from vcam.core.frame import Size
from vcam.core.settings import VERSION, Codec, Quality, Settings

Json: TypeAlias = Any
Word = TypeVar("Word", bound=StrEnum)

MAX_RECENT: Final = 8
_MAX_TEXT: Final = 4096
_MAX_SIDE: Final = 8192

MIGRATIONS: Final[Mapping[int, Callable[[dict[str, Json]], dict[str, Json]]]] = {}
"""{version: what turns a document of that version into the next one}; one way, never edited afterwards."""


def to_json(settings: Settings) -> dict[str, Json]:
    """Return settings as what json.dumps takes."""
    document: dict[str, Json] = {"version": VERSION}
    for name in FIELDS:
        document[name] = _plain(getattr(settings, name))
    return document


def from_json(document: Mapping[str, Json]) -> tuple[Settings, tuple[str, ...]]:
    """Return settings, and one complaint in words for each field that took its default instead.

    A field that is absent takes its default without a complaint; an unknown one is left alone.
    """
    document = migrate(document)
    fields: dict[str, Any] = {}
    complaints: list[str] = []
    for name, read in FIELDS.items():
        if name not in document:
            continue
        try:
            fields[name] = read(document[name])
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            complaints.append(f"{name}: got {str(document[name])[:80]} != wanted {error}")
    return Settings(**fields), tuple(complaints)


def migrate(document: Mapping[str, Json]) -> dict[str, Json]:
    """Return the document as this version has it; a future one is returned as it is."""
    newer = dict(document)
    version = version_of(document)
    while version in MIGRATIONS:
        newer = MIGRATIONS[version](newer)
        version += 1
    return newer


def version_of(document: Mapping[str, Json]) -> int:
    """Return the document's version; 1 where it tells none that makes sense."""
    version = document.get("version", 1)
    return version if isinstance(version, int) and not isinstance(version, bool) and version >= 1 else 1


def _plain(value: Any) -> Json:
    match value:
        case Size():
            return [value.width, value.height]
        case tuple():
            return [str(item) for item in value]
        case NoEffect() | Blur() | Picture() | Clip() | Colour():
            return _plain_effect(value)
    return value


def _plain_effect(effect: Effect) -> Json:
    match effect:
        case NoEffect():
            return {"kind": "none"}
        case Blur():
            return {"kind": "blur", "strength": effect.strength}
        case Picture():
            return {"kind": "picture", "path": str(effect.path), "fit": effect.fit}
        case Clip():
            return {"kind": "clip", "path": str(effect.path), "fit": effect.fit}
        case Colour():
            return {"kind": "colour", "rgb": [effect.red, effect.green, effect.blue]}


def _text(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT or "\0" in value:
        raise TypeError(f"a text of at most {_MAX_TEXT} characters")
    return value


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _whole(low: int, high: int) -> Callable[[Json], int]:
    def read(value: Json) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise TypeError(f"a whole number from {low} to {high}")
        return value

    return read


def _share(value: Json) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise TypeError("a number from 0 to 1")
    return float(value)


def _word(words: type[Word]) -> Callable[[Json], Word]:
    def read(value: Json) -> Word:
        try:
            return words(value)
        except ValueError:
            raise ValueError("one of " + ", ".join(words)) from None

    return read


def _size(value: Json) -> Size:
    if not isinstance(value, list) or len(value) != 2:
        raise TypeError("[width, height]")
    side = _whole(16, _MAX_SIDE)
    return Size(side(value[0]), side(value[1]))


def _path(value: Json) -> Path:
    path = Path(_text(value))
    if not path.is_absolute():
        raise ValueError("a whole path")
    return path


def _recent(value: Json) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise TypeError("a list of paths")
    return tuple(dict.fromkeys(_path(item) for item in value[:MAX_RECENT]))


def _effect(value: Json) -> Effect:
    if not isinstance(value, dict):
        raise TypeError('{"kind": …}')
    kind = value.get("kind")
    fit = _word(Fit)(value.get("fit", Fit.FILL))
    match kind:
        case "none":
            return NoEffect()
        case "blur":
            return Blur(_share(value.get("strength", Settings().blur_strength)))
        case "picture":
            return Picture(_path(value.get("path")), fit)
        case "clip":
            return Clip(_path(value.get("path")), fit)
        case "colour":
            level = _whole(0, 255)
            red, green, blue = value.get("rgb", (0, 177, 64))
            return Colour(level(red), level(green), level(blue))
    raise ValueError("one of the kinds none, blur, picture, clip, colour")


FIELDS: Final[Mapping[str, Callable[[Json], Any]]] = {
    "camera": _text,
    "size": _size,
    "fps": _whole(1, 240),
    "codec": _word(Codec),
    "effect": _effect,
    "blur_strength": _share,
    "recent": _recent,
    "quality": _word(Quality),
    "model": _text,
    "on_demand": _flag,
    "mirror_preview": _flag,
    "light_wrap": _flag,
    "cpu_budget": _whole(0, 1600),
    "start_on_launch": _flag,
    "autostart": _flag,
    "language": _text,
}
"""What each field of Settings is read by; a test holds it equal to the dataclass."""
