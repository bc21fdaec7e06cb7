"""What a trace says about itself: how the phone treats a picture, and one record per frame.

The names, types and limits are those of trace.schema.json, which documents.py reads and checks;
docs/parity.md says them in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from vcam.core.frame import Size
from vcam.parity.android import Box, Plane, YuvLayout, YuvMethod, nv21_layout
from vcam.parity.skia import Filter

SCHEMA_VERSION = 1

Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue, each 0 … 255."""

Three: TypeAlias = tuple[float, float, float]


class Optimisation(StrEnum):
    """ONNX Runtime's graph optimisation levels."""

    DISABLED = "disabled"
    BASIC = "basic"
    EXTENDED = "extended"
    ALL = "all"


class Precision(StrEnum):
    """What the network computes in."""

    FP32 = "fp32"
    INT8 = "int8"


class Layout(StrEnum):
    """The order of a tensor's axes."""

    NCHW = "NCHW"
    NHWC = "NHWC"


class Order(StrEnum):
    """Whether the picture is turned upright before or after it is made small."""

    ROTATE_RESIZE = "rotate-resize"
    RESIZE_ROTATE = "resize-rotate"


class Activation(StrEnum):
    """How the network's numbers become "how much of this pixel is the person"."""

    NONE = "none"
    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"
    ARGMAX = "argmax"
    LABELS = "labels"
    """The network gives class numbers itself."""


class Upsample(StrEnum):
    """How the matte gets its final size; all but the first work on 8-bit values, as bitmaps do."""

    FLOAT_BILINEAR = "float-bilinear"
    SKIA_BILINEAR = "skia-bilinear"
    SKIA_NEAREST = "skia-nearest"
    SKIA_BILINEAR_4BIT = "skia-bilinear-4bit"
    NONE = "none"


class MaskSize(StrEnum):
    """Which size the mask is up-sampled to."""

    INPUT = "input"
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Device:
    """Who recorded."""

    name: str
    soc: str
    api_level: int
    app: str
    app_version: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """What ran the network; threads = 0 leaves their number to it."""

    name: str
    version: str
    providers: tuple[str, ...]
    threads: int
    optimisation: Optimisation


@dataclass(frozen=True, slots=True)
class End:
    """One end of the network; the batch is 1."""

    name: str
    layout: Layout
    dtype: str
    width: int
    height: int
    channels: int

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The shape in its own layout."""
        if self.layout is Layout.NCHW:
            return (1, self.channels, self.height, self.width)
        return (1, self.height, self.width, self.channels)


@dataclass(frozen=True, slots=True)
class Network:
    """The network's file and ends.

    Attributes:
        step: int8 only: how much the output moves at most for one step of the last quantisation before it.
    """

    name: str
    sha256: str
    precision: Precision
    input: End
    output: End
    step: float | None = None


@dataclass(frozen=True, slots=True)
class Normalisation:
    """x = (pixel · scale − mean) / std."""

    channels: str
    scale: float
    mean: Three
    std: Three


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the sensor's picture becomes the network's: crop, then rotate, mirror and resize in one order."""

    filter: Filter
    order: Order
    mirror: bool = False
    crop: Box | None = None
    letterbox: Colour | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """How the network's output becomes a mask, and what is laid behind the person."""

    activation: Activation
    person: tuple[int, ...] = (0,)
    smoothing: float = 0.0
    upsample: Upsample = Upsample.NONE
    to: MaskSize = MaskSize.INPUT
    threshold: float | None = 0.5
    blend: Colour | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is the same for all frames of a trace."""

    device: Device
    runtime: Runtime
    model: Network
    tensor: Normalisation
    yuv: YuvMethod
    geometry: Geometry
    post: Post
    schema: int = SCHEMA_VERSION

    def to_json(self) -> dict[str, Any]:
        """Return the document of manifest.json."""
        return _without_none_step(asdict(self))


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a frame, by name and digest."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one frame; rgb and composite are optional."""

    yuv: FileEntry
    input: FileEntry
    tensor: FileEntry
    output: FileEntry
    mask: FileEntry
    rgb: FileEntry | None = None
    composite: FileEntry | None = None


@dataclass(frozen=True, slots=True)
class Planes:
    """Where Y, U and V lie in a YUV_420_888 file."""

    y: Plane
    u: Plane
    v: Plane


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One line of frames.jsonl: width and height are the sensor's, rotation is clockwise to upright."""

    index: int
    timestamp_ns: int
    width: int
    height: int
    rotation: int
    files: Files
    planes: Planes | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def size(self) -> Size:
        """In sensor orientation."""
        return Size(self.width, self.height)

    @property
    def layout(self) -> YuvLayout:
        """Where the YUV samples lie: as said, or NV21 without padding."""
        if self.planes is None:
            return nv21_layout(self.size)
        return YuvLayout(self.size, self.planes.y, self.planes.u, self.planes.v)

    def to_json(self) -> dict[str, Any]:
        """Return the document of one line of frames.jsonl."""
        document = asdict(self)
        document["files"] = {key: entry for key, entry in document["files"].items() if entry is not None}
        if document["planes"] is None:
            del document["planes"]
        return document


def _without_none_step(document: dict[str, Any]) -> dict[str, Any]:
    if document["model"]["step"] is None:
        del document["model"]["step"]
    return document
