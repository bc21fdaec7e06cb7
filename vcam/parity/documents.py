"""Reading a trace's JSON: against the schema first, then what a schema cannot say, then into values."""

from __future__ import annotations

import functools
import importlib.resources
import json
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar

import jsonschema

from vcam.core.errors import Problem, TraceError
from vcam.parity.manifest import SCHEMA_VERSION, Activation, FrameRecord, Manifest, MaskSize, Upsample


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
