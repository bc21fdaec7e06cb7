"""Model cards: the JSON beside each network that says how to feed it and what comes out.

A network crosses over from training as two files, <name>.onnx and <name>.json; the second is its card. A card
is not trusted: its size, every field, and the name of its file are checked, and the network itself is read
once, checked against the card's SHA-256, and handed on as bytes, so that nothing can change in between.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from vcam.adapters.files import read_regular
from vcam.adapters.model_schema import SCHEMA
from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Size
from vcam.core.settings import Quality

log = logging.getLogger(__name__)

MAX_CARD_BYTES: Final = 256 * 1024
MAX_MODEL_BYTES: Final = 256 * 1024 * 1024


class Meaning(StrEnum):
    """What the network's numbers are."""

    ALPHA = "alpha"
    """How much of each pixel is the person, in [0, 1]."""
    LOGIT = "logit"
    """The same before its sigmoid, any finite number."""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """How the network is fed: float32 (1, 3, height, width) RGB, x = (pixel × scale − mean) / std.

    Attributes:
        name: of the graph's input.
        sizes: that it may be run at; the first is the default.
        scale: what each 0 … 255 value is multiplied by.
        mean: taken from red, green, blue after that.
        std: what red, green, blue are divided by at last.
    """

    name: str
    sizes: tuple[Size, ...]
    scale: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """What comes out: float32 (1, 1, height', width'), not larger than the input."""

    name: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class RecurrentState:
    """One piece of memory: what comes out at one name goes in at the other with the next frame."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file beside the card.

    Attributes:
        path: where it lies.
        sha256: of its content, lower-case hexadecimal.
    """

    path: Path
    sha256: str

    def read(self, what: str) -> bytes:
        """Return its content, checked; what names it in words. Raises ModelError."""
        data = _read(self.path, MAX_MODEL_BYTES, what)
        got = hashlib.sha256(data).hexdigest()
        if got != self.sha256:
            raise ModelError(
                Problem.DAMAGED_MODEL,
                f"{self.path.name}: got SHA-256 {got[:12]}… != wanted {self.sha256[:12]}… of its card; "
                "install the app's models anew",
            )
        return data


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One network, as its card tells.

    Attributes:
        path: of the card itself.
        name: short and unique in its folder: the card is <name>.json.
        title: what people call it.
        quality: which of the qualities that people choose from it serves; None for none of them.
        file: the network, beside the card.
        sha256: of the network's file, lower-case hexadecimal.
        twin: the same network, faster: it takes uint8 (1, height, width, 4), each pixel's brightness, blue
            and red as I420 has them, and 255 (training/streamline.py); None where there is none.
        precision: "fp32" or "int8".
        family: the kind of network.
        input: how it is fed.
        output: what comes out.
        recurrent: its memory from frame to frame, empty for most.
        licence: SPDX expression of the weights.
        commit: of the code that trained it.
        params: how many parameters it has.
        mmac: millions of multiply-adds for one frame of the default size.
        scores: {set: {score: value}}.
        limits: in plain words, where it is weak.
    """

    path: Path
    name: str
    title: str
    quality: Quality | None
    file: Path
    sha256: str
    twin: ModelFile | None
    precision: str
    family: str
    input: ModelInput
    output: ModelOutput
    recurrent: tuple[RecurrentState, ...]
    licence: str
    commit: str
    params: int
    mmac: float
    scores: Mapping[str, Mapping[str, float]]
    limits: str

    def read_network(self) -> bytes:
        """Return the network's file, checked against the card. Raises ModelError."""
        return ModelFile(self.file, self.sha256).read(f"the network of {self.name}")

    def read_fastest(self) -> bytes:
        """Return the twin's file where there is one, or else the network's, checked. Raises ModelError."""
        return self.twin.read(f"the twin of {self.name}") if self.twin else self.read_network()


def read_card(path: Path) -> ModelCard:
    """Read and check one card. Raises ModelError."""
    data = _parse(path, _read(path, MAX_CARD_BYTES, "the model's card"))
    _check(path, data)
    if data["name"] != path.stem:
        raise ModelError(
            Problem.WRONG_MODEL, f"{path.name}: got name {data['name']!r} != wanted {path.stem!r}"
        )
    return _card(path, data)


def list_cards(folder: Path) -> tuple[ModelCard, ...]:
    """Return the readable cards of a folder, by name; an unreadable one is logged and left out."""
    cards, _ = _read_all(folder)
    return cards


def find_model(folder: Path, *, quality: Quality = Quality.BALANCED, name: str = "") -> ModelCard:
    """Return the card with this name, or the one nearest to this quality. Raises ModelError.

    AUTO is BALANCED here; whoever adapts the choice to the machine passes a name.
    """
    cards, failures = _read_all(folder)
    if name:
        return _by_name(cards, failures, folder, name)
    served = {card.quality: card for card in reversed(cards) if card.quality is not None}
    for wanted in _NEAREST[quality]:
        if wanted in served:
            return served[wanted]
    if failures:
        raise next(iter(failures.values()))
    raise ModelError(
        Problem.NO_MODEL,
        f"got no model in {folder} != wanted a <name>.json with its <name>.onnx; reinstall the app",
    )


_NEAREST: Final = {
    Quality.AUTO: (Quality.BALANCED, Quality.PERFORMANCE, Quality.QUALITY),
    Quality.BALANCED: (Quality.BALANCED, Quality.PERFORMANCE, Quality.QUALITY),
    Quality.PERFORMANCE: (Quality.PERFORMANCE, Quality.BALANCED, Quality.QUALITY),
    Quality.QUALITY: (Quality.QUALITY, Quality.BALANCED, Quality.PERFORMANCE),
}


def _by_name(
    cards: tuple[ModelCard, ...], failures: Mapping[str, ModelError], folder: Path, name: str
) -> ModelCard:
    if name in failures:
        raise failures[name]
    for card in cards:
        if card.name == name:
            return card
    known = ", ".join(card.name for card in cards) or f"one in {folder}, where there is none"
    raise ModelError(Problem.NO_MODEL, f"got model {name!r} != wanted one of: {known}")


def _read_all(folder: Path) -> tuple[tuple[ModelCard, ...], dict[str, ModelError]]:
    cards: list[ModelCard] = []
    failures: dict[str, ModelError] = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            cards.append(read_card(path))
        except ModelError as error:
            failures[path.stem] = error
            log.info("leaving out the model %s: %s", path.stem, error.detail)
    return tuple(cards), failures


def _read(path: Path, limit: int, what: str) -> bytes:
    try:
        return read_regular(path, limit)
    except FileNotFoundError as error:
        raise ModelError(Problem.NO_MODEL, f"{what} is not there: wanted {path}") from error
    except OSError as error:
        raise ModelError(
            Problem.DAMAGED_MODEL, f"{what}, {path.name}, cannot be read: {error.strerror}"
        ) from error


def _parse(path: Path, text: bytes) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(Problem.DAMAGED_MODEL, f"{path.name}: got {error} != wanted a JSON card") from error


def _no_constant(word: str) -> None:
    """Refuse NaN and infinities, which Python reads though JSON has none."""
    raise ValueError(f"{word}, which JSON does not have")


def _check(path: Path, data: object) -> None:
    import jsonschema  # noqa: PLC0415 - a tenth of a second that only opening a model should cost

    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(SCHEMA).iter_errors(data))
    if error is None:
        return
    where = error.json_path.removeprefix("$.")
    wanted = f"{error.validator} {error.validator_value}"[:120]
    newer = "; a newer app wrote it: update this one" if where == "schema" else ""
    message = f"{path.name}: {where}: got {str(error.instance)[:120]} != wanted {wanted}{newer}"
    raise ModelError(Problem.WRONG_MODEL, message)


def _card(path: Path, data: dict[str, Any]) -> ModelCard:
    fed, made, cost = data["input"], data["output"], data.get("cost", {})
    return ModelCard(
        path=path,
        name=data["name"],
        title=data["title"],
        quality=None if data["quality"] == "other" else Quality(data["quality"]),
        file=path.with_name(data["file"]),
        sha256=data["sha256"].lower(),
        twin=_twin(path, data.get("twin")),
        precision=data.get("precision", "fp32"),
        family=data.get("family", ""),
        input=ModelInput(
            name=fed["name"],
            sizes=tuple(Size(width=int(width), height=int(height)) for height, width in fed["sizes"]),
            scale=fed["scale"],
            mean=tuple(fed["mean"]),
            std=tuple(fed["std"]),
        ),
        output=ModelOutput(name=made["name"], meaning=Meaning(made["meaning"])),
        recurrent=tuple(RecurrentState(**_names(state)) for state in data.get("recurrent") or ()),
        licence=data["licence"],
        commit=data.get("training", {}).get("commit", ""),
        params=int(cost.get("params", 0)),
        mmac=cost.get("mmac", 0),
        scores=data.get("scores", {}),
        limits=data.get("limits", ""),
    )


def _twin(path: Path, data: Mapping[str, str] | None) -> ModelFile | None:
    return ModelFile(path.with_name(data["file"]), data["sha256"].lower()) if data else None


def _names(state: Mapping[str, str]) -> dict[str, str]:
    return {"input": state["input"], "output": state["output"]}
