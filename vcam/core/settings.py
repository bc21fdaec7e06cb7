"""Settings: one frozen value. Reading and writing the file is adapters/settings_file.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from vcam.core.background import Blur, Effect, NoEffect
from vcam.core.frame import Size

VERSION = 1


class Quality(StrEnum):
    """The one choice of quality that people see."""

    AUTO = "auto"
    PERFORMANCE = "performance"
    BALANCED = "balanced"
    QUALITY = "quality"


class Codec(StrEnum):
    """What the camera is asked to send."""

    AUTO = "auto"
    MJPG = "MJPG"
    YUYV = "YUYV"
    NV12 = "NV12"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is remembered.

    Attributes:
        camera: the stable identity of the camera (adapters/cameras.py); "" takes the first one.
        size: asked of the camera, and the size of the virtual camera.
        fps: asked of the camera.
        codec: asked of the camera.
        effect: what stands behind the person.
        blur_strength: remembered while another effect is on; 0 … 1.
        recent: pictures and clips used lately, newest first, at most eight.
        quality: which model.
        model: a model by name instead of a quality; "" for none.
        on_demand: close the camera while nobody reads the virtual camera.
        mirror_preview: show the preview as a mirror; the meeting never sees it mirrored.
        light_wrap: let a little of the background's light fall on the person's edge.
        cpu_budget: percent of one core that making pictures may take, 0 for no limit.
        start_on_launch: turn on when the app starts.
        autostart: start the app at login.
        language: "" follows the system.
    """

    camera: str = ""
    size: Size = Size(1280, 720)
    fps: int = 30
    codec: Codec = Codec.AUTO
    effect: Effect = field(default_factory=Blur)
    blur_strength: float = 0.6
    recent: tuple[Path, ...] = ()
    quality: Quality = Quality.BALANCED
    model: str = ""
    on_demand: bool = True
    mirror_preview: bool = True
    light_wrap: bool = False
    cpu_budget: int = 10
    start_on_launch: bool = True
    autostart: bool = False
    language: str = ""

    @property
    def hides_room(self) -> bool:
        """Whether an effect is on, so that a raw frame must never be sent."""
        return not isinstance(self.effect, NoEffect)
