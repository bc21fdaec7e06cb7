from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vcam.adapters.model_card import MAX_CARD_BYTES, Meaning, find_model, list_cards, read_card
from vcam.core.errors import ModelError, Problem, VcamError
from vcam.core.frame import Size
from vcam.core.settings import Quality


def edit(path: Path, *keys: str, value: Any) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    inner = data
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    path.write_text(json.dumps(data), encoding="utf-8")


def test_a_card_says_what_the_network_is(make_model: Any) -> None:
    card = read_card(make_model())
    assert (card.name, card.title, card.quality) == ("tiny", "Tiny", Quality.BALANCED)
    assert card.input.sizes[0] == Size(width=32, height=16)
    assert card.output.meaning is Meaning.ALPHA
    assert card.commit == "abc"
    assert card.scores["none"]["iou"] == 0.5
    assert card.read_network().startswith(b"\x08")


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (("schema",), 2, "newer app"),
        (("file",), "../tiny.onnx", "file: got ../tiny.onnx"),
        (("file",), "/etc/passwd", "file"),
        (("file",), "tiny.exe", "file"),
        (("name",), "other", "name 'other'"),
        (("name",), "../tiny", "name"),
        (("sha256",), "abc", "sha256"),
        (("quality",), "best", "quality: got best"),
        (("input", "layout"), "NHWC", "input.layout: got NHWC != wanted const NCHW"),
        (("input", "sizes"), [], "input.sizes"),
        (("input", "sizes"), [[100000, 100000]], "input.sizes"),
        (("input", "sizes"), [[16.5, 32]], "input.sizes"),
        (("input", "scale"), 0, "input.scale"),
        (("input", "scale"), "x", "input.scale"),
        (("input", "std"), [1, 0, 1], "input.std"),
        (("input", "mean"), [0, 0], "input.mean"),
        (("output", "meaning"), "mask", "output.meaning"),
        (("recurrent",), [{"input": "r"}], "recurrent"),
    ],
)
def test_a_wrong_field_is_named_with_both_sides(
    make_model: Any, keys: tuple[str, ...], value: Any, said: str
) -> None:
    path = make_model()
    edit(path, *keys, value=value)
    with pytest.raises(ModelError) as caught:
        read_card(path)
    assert caught.value.problem is Problem.WRONG_MODEL
    assert said in caught.value.detail
    assert "!= wanted" in caught.value.detail


def test_not_a_number_is_refused(make_model: Any) -> None:
    path = make_model()
    path.write_text(path.read_text().replace('"mean": [0, 0, 0]', '"mean": [NaN, 0, 0]'))
    with pytest.raises(ModelError):
        read_card(path)


def test_a_missing_field_is_named(make_model: Any) -> None:
    path = make_model()
    data = json.loads(path.read_text())
    del data["licence"]
    path.write_text(json.dumps(data))
    with pytest.raises(ModelError, match="licence"):
        read_card(path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\xff\xfe", '{"schema": 1'])
def test_a_card_that_is_no_json_is_damaged(make_model: Any, text: str) -> None:
    path = make_model()
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError) as caught:
        read_card(path)
    assert caught.value.problem is Problem.DAMAGED_MODEL


def test_an_endless_card_is_refused(make_model: Any) -> None:
    path = make_model()
    path.write_bytes(b" " * (MAX_CARD_BYTES + 1))
    with pytest.raises(ModelError, match="wanted at most"):
        read_card(path)


def test_a_card_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read_card(tmp_path / "none.json")
    assert caught.value.problem is Problem.NO_MODEL


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a Unix thing")
def test_a_named_pipe_is_refused_without_waiting(make_model: Any) -> None:
    card = read_card(make_model())
    card.file.unlink()
    os.mkfifo(card.file)
    with pytest.raises(ModelError, match="regular file"):
        card.read_network()


def test_a_changed_network_is_damaged(make_model: Any) -> None:
    card = read_card(make_model())
    card.file.write_bytes(card.file.read_bytes() + b"x")
    with pytest.raises(ModelError) as caught:
        card.read_network()
    assert caught.value.problem is Problem.DAMAGED_MODEL
    assert "SHA-256" in caught.value.detail


def test_a_missing_network(make_model: Any) -> None:
    card = read_card(make_model())
    card.file.unlink()
    with pytest.raises(ModelError) as caught:
        card.read_network()
    assert caught.value.problem is Problem.NO_MODEL


def test_models_are_listed_by_name_and_broken_ones_left_out(make_model: Any, tmp_path: Path) -> None:
    folder = make_model(name="b").parent
    make_model(name="a")
    make_model(name="c").write_text("broken")
    assert [card.name for card in list_cards(folder)] == ["a", "b"]
    assert list_cards(tmp_path / "nowhere") == ()


def test_a_model_is_found_by_name_or_by_the_nearest_quality(make_model: Any) -> None:
    folder = make_model(name="swift", quality="performance").parent
    make_model(name="fine", quality="quality")
    make_model(name="odd", quality="other")
    assert find_model(folder, name="odd").name == "odd"
    assert find_model(folder, quality=Quality.QUALITY).name == "fine"
    assert find_model(folder, quality=Quality.BALANCED).name == "swift"
    assert find_model(folder, quality=Quality.AUTO).name == "swift"


def test_what_is_there_is_said_when_a_name_is_not(make_model: Any) -> None:
    folder = make_model().parent
    with pytest.raises(ModelError, match="'none' != wanted one of: tiny"):
        find_model(folder, name="none")


def test_the_reason_is_said_when_the_only_model_is_broken(make_model: Any) -> None:
    path = make_model()
    path.write_text("broken")
    for choice in ({"name": "tiny"}, {"quality": Quality.QUALITY}):
        with pytest.raises(ModelError) as caught:
            find_model(path.parent, **choice)
        assert caught.value.problem is Problem.DAMAGED_MODEL


def test_an_empty_folder_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        find_model(tmp_path)
    assert caught.value.problem is Problem.NO_MODEL
    with pytest.raises(ModelError):
        find_model(tmp_path, name="x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fuzzed_cards_are_read_or_refused_in_words(
    make_model: Any, tmp_path: Path, data: st.DataObject
) -> None:
    source = tmp_path / "models" / "tiny.json"
    path = source if source.exists() else make_model()
    card = json.loads((tmp_path / "good.json").read_text()) if (tmp_path / "good.json").exists() else None
    if card is None:
        (tmp_path / "good.json").write_text(path.read_text())
        card = json.loads(path.read_text())
    inner = data.draw(st.sampled_from([card, card["input"], card["output"], card["training"], card["cost"]]))
    inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(JSON)
    path.write_text(json.dumps(card))
    try:
        read = read_card(path)
    except VcamError:
        return
    assert read.file.parent == path.parent


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=300))
def test_fuzzed_bytes_are_refused_in_words(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text)
    with pytest.raises(ModelError):
        read_card(path)


SHIPPED = sorted((Path(__file__).parents[2] / "models").glob("*.json"))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_shipped_models_are_what_their_cards_say(path: Path) -> None:
    card = read_card(path)
    assert card.read_network()
    assert card.licence
    assert card.limits
