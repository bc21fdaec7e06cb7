"""From settings to the parts of a pipeline. Parts whose settings stayed the same stay the same objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from vcam import resources
from vcam.adapters.cameras import present
from vcam.adapters.clips import LoopingClip
from vcam.adapters.model_card import find_model
from vcam.adapters.onnx_segmenter import OnnxSegmenter
from vcam.adapters.opencv_camera import OpencvCamera, Wanted
from vcam.adapters.pictures import load_picture
from vcam.adapters.synthetic import SyntheticSource
from vcam.adapters.video_file import is_clip
from vcam.core.background import Blur, Clip, Colour, Effect, Fit, NoEffect, Picture
from vcam.core.budget import Economy
from vcam.core.frame import Image, Size
from vcam.core.plan import Fittings, Plan
from vcam.core.ports import CardKind, Compositor, FrameSink, FrameSource, Gate, Segmenter
from vcam.core.redundancy import FRUGAL, SPARING, MotionGate, Thrift
from vcam.core.settings import Quality, Settings
from vcam.core.stages import EveryFrame, Unrefined
from vcam.imaging.cards import paint_card
from vcam.imaging.colour import thumbnail
from vcam.imaging.compose import Background, make_compositor
from vcam.imaging.layout import lay_out_video
from vcam.imaging.matte import TemporalRefiner
from vcam.imaging.planes import to_i420
from vcam.imaging.scale import Pyramid
from vcam.phrases import CARDS

if TYPE_CHECKING:
    from vcam.parity.manifest import Manifest

T = TypeVar("T")

DEMO = "demo"
"""The identity that stands for the drawn presenter among the cameras."""

_LIGHT_WRAP = 0.3
_SMALLER = {
    Quality.AUTO: Quality.PERFORMANCE,
    Quality.QUALITY: Quality.BALANCED,
    Quality.BALANCED: Quality.PERFORMANCE,
    Quality.PERFORMANCE: Quality.PERFORMANCE,
}


class Planner:
    """Makes plans.

    Args:
        models: the folder with networks and cards.
        open_source: opens the source instead of the camera that settings name (a file, the demo).
        lossless: every frame of that source counts.
        every_frame: run the network for each frame, whether anything moved or not.
        phone: use the phone's pipeline, mirrored (parity mode).
        on_flicker: told how steady the network's mattes are, as core.redundancy.flicker() says.
    """

    def __init__(
        self,
        models: Path = resources.MODELS,
        *,
        open_source: Callable[[], FrameSource] | None = None,
        lossless: bool = False,
        every_frame: bool = False,
        phone: bool = False,
        on_flicker: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._models = models
        self._every_frame = every_frame
        self._phone = phone
        self._on_flicker = on_flicker
        self._open_source = open_source
        self._lossless = lossless
        self._pyramid = Pyramid()
        self._kept: dict[str, tuple[Hashable, Any]] = {}

    def plan(self, settings: Settings, economy: Economy = Economy.FULL) -> Plan:
        """Return the plan for these settings. Opens nothing: the pipeline does, on its own threads."""
        if economy >= Economy.SMALLER:
            settings = replace(settings, quality=_SMALLER[settings.quality])
        camera = (settings.camera, settings.size, settings.fps, settings.codec)
        model = (settings.quality, settings.model)
        thrift = SPARING if economy is Economy.FULL else FRUGAL
        effect = (settings.effect, settings.light_wrap)
        return Plan(
            open_source=self._open_source or self._keep("source", camera, lambda: self._opener(settings)),
            open_segmenter=self._keep("model", model, lambda: partial(self._open_segmenter, settings)),
            make_compositor=self._keep("effect", effect, lambda: partial(self._make_compositor, settings)),
            make_fallback=self._blur,
            make_gate=self._keep("gate", thrift, lambda: partial(self._make_gate, thrift)),
            economy=economy,
            hides_room=settings.hides_room,
            lossless=self._lossless,
            patient=self._open_source is None,
            on_demand=settings.on_demand,
        )

    def fittings(self, open_sink: Callable[[], FrameSink], size: Size, **others: Any) -> Fittings:
        """Return the parts that stay for a whole run; others are passed on to Fittings."""
        return Fittings(
            open_sink=open_sink,
            size=size,
            paint_card=CardDrawer(),
            conform=lay_out_video,
            devices=present,
            make_refiner=Unrefined if self._phone else lambda: TemporalRefiner(pyramid=self._pyramid),
            **others,
        )

    def _keep(self, part: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return the part made for this key, made anew only where the key has changed."""
        if part not in self._kept or self._kept[part][0] != key:
            self._kept[part] = (key, make())
        kept: T = self._kept[part][1]
        return kept

    def _opener(self, settings: Settings) -> Callable[[], FrameSource]:
        if settings.camera == DEMO:
            return partial(SyntheticSource, settings.size, float(settings.fps))
        # The phone's mirror begins with BGR.
        wanted = Wanted(settings.size, float(settings.fps), settings.codec, planes=not self._phone)
        return partial(OpencvCamera, settings.camera, wanted)

    def _open_segmenter(self, settings: Settings) -> Segmenter:
        if self._phone:
            from vcam.parity.live import phone_segmenter  # noqa: PLC0415

            return phone_segmenter(*self._phone_manifest(settings))
        card = find_model(self._models, quality=settings.quality, name=settings.model)
        return OnnxSegmenter(card, settings.size, self._pyramid)

    def _phone_manifest(self, settings: Settings) -> tuple[Manifest, Path]:
        from vcam.parity.phone import manifest_for  # noqa: PLC0415 - only the phone's developers need it

        card = find_model(self._models, quality=settings.quality, name=settings.model)
        return manifest_for(card.file, settings.size), card.file

    def _make_compositor(self, settings: Settings, size: Size) -> Compositor:
        if self._phone:
            from vcam.parity.live import phone_compositor  # noqa: PLC0415

            return phone_compositor(self._phone_manifest(settings)[0])
        background = load_background(settings.effect)
        return make_compositor(
            settings.effect,
            size,
            background,
            light_wrap=_LIGHT_WRAP if settings.light_wrap else 0.0,
            pyramid=self._pyramid,
        )

    def _make_gate(self, thrift: Thrift) -> Gate:
        if self._every_frame or self._phone:
            return EveryFrame()
        return MotionGate(partial(thumbnail, pyramid=self._pyramid), thrift, self._on_flicker)

    def _blur(self, size: Size) -> Compositor:
        return make_compositor(Blur(), size, pyramid=self._pyramid)


def load_background(effect: Effect) -> Background | None:
    """Read what an effect needs from the disk. Raises BackgroundError."""
    match effect:
        case Picture(path=path):
            return load_picture(path)
        case Clip(path=path):
            return LoopingClip(path)
        case _:
            return None


class CardDrawer:
    """Draws each card once for its size."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[CardKind, Size], Image] = {}

    def __call__(self, kind: CardKind, size: Size) -> Image:
        """Return the card, I420, as the virtual camera takes it once a second all day."""
        key = (kind, size)
        if key not in self._drawn:
            self._drawn[key] = to_i420(paint_card(kind, size, *CARDS[kind]))
        return self._drawn[key]


def parse_effect(text: str, strength: float | None = None, fit: Fit = Fit.FILL) -> Effect:
    """Return the effect that a command line means.

    Args:
        text: "none", "blur", "#rrggbb", or the path of a picture or clip.
        strength: of the blur, 0 … 1.
        fit: how a picture or clip is laid out.

    Raises:
        ValueError: it is none of these.
    """
    if text == "none":
        return NoEffect()
    if text == "blur":
        return Blur() if strength is None else Blur(strength)
    if text.startswith("#"):
        digits = text[1:]
        if len(digits) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise ValueError(f"got the colour {text!r} != wanted #rrggbb")
        return Colour(*bytes.fromhex(digits))
    path = Path(text)
    if not os.path.isfile(text):  # noqa: PTH113 - Path's raises for names that are too long, or forbidden
        raise ValueError(
            f"got the effect {text!r} != wanted none, blur, #rrggbb, or a picture's or clip's path"
        )
    return Clip(path.resolve(), fit) if is_clip(path) else Picture(path.resolve(), fit)
