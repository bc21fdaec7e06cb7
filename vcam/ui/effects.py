"""What the panel and the menu do to the settings, as pure functions: choose, add, remove a background."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vcam.core.background import Blur, Clip, Effect, Fit, Picture
from vcam.core.settings import Settings

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
CLIPS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif")
RECENT_MOST = 8
MENU_MOST = 5


def is_background(path: Path) -> bool:
    """Return whether a file's name promises a picture or a clip."""
    return path.suffix.lower() in PICTURES + CLIPS


def our_backgrounds(assets: Path) -> tuple[Path, ...]:
    """Return the pictures that ship with the app, in name order."""
    return tuple(sorted(path for path in (assets / "backgrounds").glob("*") if is_background(path)))


def file_effect(path: Path, fit: Fit = Fit.FILL) -> Picture | Clip:
    """Return the effect that shows this file."""
    return Clip(path, fit) if path.suffix.lower() in CLIPS else Picture(path, fit)


def effect_path(effect: Effect) -> Path | None:
    """Return the file that an effect shows, if it shows one."""
    return effect.path if isinstance(effect, Picture | Clip) else None


def same_choice(one: Effect, other: Effect) -> bool:
    """Return whether two effects are the same tile: strength, fit and shade don't matter."""
    return type(one) is type(other) and effect_path(one) == effect_path(other)


def with_effect(settings: Settings, effect: Effect) -> Settings:
    """Return settings with this effect on; the strength of a blur is remembered."""
    if isinstance(effect, Blur):
        return replace(settings, effect=effect, blur_strength=effect.strength)
    return replace(settings, effect=effect)


def with_added(settings: Settings, paths: Iterable[Path]) -> Settings:
    """Return settings with these files first among the recent ones, and the first of them shown."""
    new = tuple(dict.fromkeys(paths))
    if not new:
        return settings
    recent = (*new, *(path for path in settings.recent if path not in new))[:RECENT_MOST]
    return replace(settings, recent=recent, effect=file_effect(new[0]))


def without(settings: Settings, path: Path) -> Settings:
    """Return settings that forget this file. If it is what hides the room, blur hides it from now on."""
    effect = settings.effect
    if effect_path(effect) == path:
        effect = Blur(settings.blur_strength)
    return replace(settings, recent=tuple(other for other in settings.recent if other != path), effect=effect)


def menu_files(settings: Settings, ours: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files for the menu: the one in force, the recent ones, and our own."""
    current = effect_path(settings.effect)
    head = settings.recent[:MENU_MOST]
    if current is not None and current not in head:
        head = (current, *head)
    files = dict.fromkeys((*head, *ours))
    return tuple(files)[:MENU_MOST]
