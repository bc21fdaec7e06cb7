"""The JSON Schema of model cards; adapters/model_card.py reads by it, training/ writes by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CARD_SCHEMA: Final = 1
"""The version of cards that this app reads."""

_NUMBER: Final = {"type": "number", "minimum": -1e6, "maximum": 1e6}
_COUNT: Final = {"type": "number", "minimum": 0, "maximum": 1e12}
_WORD: Final = {"type": "string", "minLength": 1, "maxLength": 100}
_BARE: Final = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,90}$"
_FILE: Final = {
    "file": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,90}\.onnx$"},
    "sha256": {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"},
}
_SIDE: Final = {"type": "integer", "minimum": 16, "maximum": 2048}


def _object(
    required: Mapping[str, object], optional: Mapping[str, object] | None = None
) -> dict[str, object]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": sorted(required)}


def _three(item: Mapping[str, object]) -> dict[str, object]:
    return {"type": "array", "items": item, "minItems": 3, "maxItems": 3}


SCHEMA: Final = _object(
    {
        "schema": {"const": CARD_SCHEMA},
        "name": {"type": "string", "pattern": _BARE},
        "title": _WORD,
        "quality": {"enum": ["performance", "balanced", "quality", "other"]},
        **_FILE,
        "input": _object(
            {
                "name": _WORD,
                "layout": {"const": "NCHW"},
                "dtype": {"const": "float32"},
                "channels": {"const": "RGB"},
                "sizes": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 16,
                    "items": {"type": "array", "items": _SIDE, "minItems": 2, "maxItems": 2},
                },
                "scale": _NUMBER | {"exclusiveMinimum": 0},
                "mean": _three(_NUMBER),
                "std": _three(_NUMBER | {"minimum": 1e-6}),
            }
        ),
        "output": _object({"name": _WORD, "meaning": {"enum": ["alpha", "logit"]}, "channels": {"const": 1}}),
        "licence": _WORD,
    },
    {
        "precision": {"enum": ["fp32", "int8"]},
        "family": _WORD,
        "twin": _object(_FILE),
        "recurrent": {
            "type": ["array", "null"],
            "maxItems": 16,
            "items": _object({"input": _WORD, "output": _WORD}),
        },
        "training": _object({}, {"commit": {"type": "string"}}),
        "cost": _object({}, {"params": _COUNT, "mmac": _COUNT}),
        "scores": {"type": "object", "additionalProperties": {"type": "object"}},
        "limits": {"type": "string"},
    },
)
