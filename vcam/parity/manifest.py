"""What a trace says about itself: how the phone treats a picture, and one record per frame.

The names, types and limits are those of trace.schema.json; docs/parity.md says them in words. Documents are
checked against the schema first, so building the values here cannot fail but for what a schema cannot say.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import jsonschema

from vcam.core.errors import Problem, TraceError
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
    """The network's file and ends; step is what one quantisation step moves the output (int8 only)."""

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


def schema() -> dict[str, Any]:
    """Return the JSON schema that is shipped with the app."""
    text = importlib.resources.files("vcam.parity").joinpath("trace.schema.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@functools.cache
def _validator(part: str) -> jsonschema.Draft202012Validator:
    document = schema()
    if part == "frame":
        document = {"$ref": "#/$defs/frame", "$defs": document["$defs"]}
    return jsonschema.Draft202012Validator(document)


def parse_manifest(text: str, where: str = "manifest.json") -> Manifest:
    """Return a manifest from its JSON. Raises TraceError that says which field is wrong."""
    document = _load(text, where)
    version = document.get("schema") if isinstance(document, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise TraceError(
            Problem.BAD_TRACE,
            f"{where}: got schema {version} != wanted {SCHEMA_VERSION} or older; update Virtual Cam",
        )
    _check(document, "manifest", where)
    manifest = _build(Manifest, document)
    _check_ends(manifest, where)
    return manifest


def parse_frame(text: str, where: str) -> FrameRecord:
    """Return a frame's record from its line of JSON. Raises TraceError that says which field is wrong."""
    document = _load(text, where)
    _check(document, "frame", where)
    return _build(FrameRecord, document)


def _load(text: str, where: str) -> object:
    def refuse(constant: str) -> float:
        raise ValueError(f"got {constant} != wanted a finite number")

    try:
        document: object = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise TraceError(Problem.BAD_TRACE, f"{where} is not JSON: {error}") from error
    return document


def _check(document: object, part: str, where: str) -> None:
    error = jsonschema.exceptions.best_match(_validator(part).iter_errors(document))
    if error is None:
        return
    field_name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in error.absolute_path)
    raise TraceError(
        Problem.BAD_TRACE, f"{where}: {field_name.lstrip('.') or 'document'}: {error.message[:300]}"
    )


def _check_ends(manifest: Manifest, where: str) -> None:
    """Check what the schema cannot say."""

    def faults() -> Iterator[str]:
        model, post = manifest.model, manifest.post
        if (model.input.dtype, model.input.channels) != ("float32", 3):
            yield (
                f"model.input: got {model.input.channels} channels of {model.input.dtype} "
                "!= wanted 3 of float32"
            )
        labels = post.activation is Activation.LABELS
        if labels and model.output.channels != 1:
            yield f"post.activation: got labels in {model.output.channels} channels != wanted 1"
        if not labels and model.output.dtype != "float32":
            yield f"model.output.dtype: got {model.output.dtype} != wanted float32, or activation labels"
        if not labels and max(post.person) >= model.output.channels:
            yield (
                f"post.person: got channel {max(post.person)} != wanted below {model.output.channels}, "
                "the output's channels"
            )
        if post.upsample is Upsample.NONE and post.to is MaskSize.FRAME:
            yield "post.to: got frame with upsample none != wanted input, or a way to up-sample"

    for fault in faults():
        raise TraceError(Problem.BAD_TRACE, f"{where}: {fault}")


_T = TypeVar("_T")


def _build(kind: type[_T], document: object) -> _T:
    """Return a dataclass from a document of the same shape, which the schema has already checked."""
    assert isinstance(document, dict)  # noqa: S101 - the schema says so
    hints = typing.get_type_hints(kind)
    values = {
        each.name: _value(hints[each.name], document[each.name])
        for each in fields(kind)  # type: ignore[arg-type]
        if each.name in document
    }
    return kind(**values)


def _value(kind: Any, value: Any) -> Any:
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        if value is None:
            return None
        kind = next(option for option in typing.get_args(kind) if option is not types.NoneType)
    if is_dataclass(kind):
        return _build(typing.cast("type[Any]", kind), value)
    if typing.get_origin(kind) is tuple:
        return tuple(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum | float):
        return kind(value)
    return value
