"""docs/parity.md says what the code does: its examples parse, and its words are the schema's."""

from __future__ import annotations

import json
import re
from pathlib import Path

from vcam.parity.android import YuvMethod
from vcam.parity.documents import parse_frame, parse_manifest, schema
from vcam.parity.manifest import Activation, Order, Upsample
from vcam.parity.skia import CONTRACT_FILTERS

TEXT = (Path(__file__).parents[2] / "docs" / "parity.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def test_the_examples_are_valid() -> None:
    manifest, line, planes = EXAMPLES
    assert parse_manifest(manifest).model.name == "pidnet-s-pruned"
    document = json.loads(line.replace("…", "0" * 64))
    document.update(json.loads("{" + planes + "}"))
    record = parse_frame(json.dumps(document), "the example")
    # The planes follow one another without the padding of each last row, as Android gives them.
    assert record.layout.u.offset == 704 * 479 + 640
    assert record.layout.v.offset == record.layout.u.offset + 704 * 239 + 639
    assert record.layout.needed == record.layout.v.offset + 704 * 239 + 639


def test_every_choice_is_in_the_schema_and_in_the_text() -> None:
    properties, shared = schema()["properties"], schema()["$defs"]
    post, geometry = properties["post"]["properties"], properties["geometry"]["properties"]
    for choices, listed in (
        (YuvMethod, properties["yuv"]["enum"]),
        (CONTRACT_FILTERS, shared["filter"]["enum"]),
        (Order, geometry["order"]["enum"]),
        (Activation, post["activation"]["enum"]),
        (Upsample, post["upsample"]["enum"]),
    ):
        assert {choice.value for choice in choices} == set(listed)
        assert all(f"`{choice.value}`" in TEXT for choice in choices)
