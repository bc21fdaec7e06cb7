"""The zoo's table of accuracy against time: which nets nobody beats, what is measured at which size."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")
from training.zoo.measure import SIZES, Entry
from training.zoo.pareto import draw, front, markdown, merged

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]


def row(ms: float, iou: float, boundary_f: float, family: str = "unet") -> dict[str, object]:
    return {
        "ms": ms, "iou": iou, "boundary_f": boundary_f, "family": family, "size": "144x256",
        "params": 1_000_000, "mmac": 100.0, "mb": 1.0,
    }  # fmt: skip


ROWS = {
    "quick int8": row(1.0, 80.0, 60.0),
    "middling fp32": row(2.0, 85.0, 55.0, "pidnet"),
    "slower and worse fp32": row(3.0, 84.0, 58.0),
    "slow int8": row(3.0, 90.0, 70.0, "deeplabv3plus"),
    "as slow fp32": row(3.0, 90.0, 69.0),
}


def test_the_front_has_whom_no_other_beats() -> None:
    assert front(ROWS, "iou") == ["quick int8", "middling fp32", "slow int8", "as slow fp32"]
    assert front(ROWS, "boundary_f") == ["quick int8", "slow int8"]


def test_accuracy_and_times_may_come_from_two_runs(tmp_path: Path) -> None:
    first, second = tmp_path / "scores.json", tmp_path / "times.json"
    first.write_text(json.dumps({"a fp32": row(9.0, 80.0, 60.0), "b fp32": row(2.0, 81.0, 61.0)}))
    second.write_text(json.dumps({"a fp32": {"ms": 1.5}, "untrained fp32": {"ms": 1.0}}))
    rows = merged([first, second])
    assert list(rows) == ["a fp32", "b fp32"]
    assert rows["a fp32"]["ms"] == 1.5
    assert rows["a fp32"]["iou"] == 80.0


def test_the_table_says_who_is_on_which_front_and_the_chart_is_drawn(tmp_path: Path) -> None:
    lines = markdown(ROWS).splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert lines[3].endswith("| IoU |")
    assert lines[4].endswith("| – |")
    assert lines[5].endswith("| IoU, F |")
    draw(ROWS, tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_an_entry_names_net_and_size() -> None:
    assert Entry.parse("wide=work/average.pt@176x304").shape == (176, 304)
    plain = Entry.parse("wide=work/average.pt")
    assert (plain.source, plain.shape) == ("work/average.pt", (144, 256))


@pytest.mark.parametrize("text", ["wide", "=work/average.pt", "wide=", "wide=unet@100x100"])
def test_a_wrong_entry_is_told_what_was_wanted(text: str) -> None:
    with pytest.raises(SystemExit, match=r"wanted NAME=SAVED"):
        Entry.parse(text)


def test_sizes_of_a_name_begin_with_it_and_can_be_fed_to_every_net() -> None:
    for name, sizes in SIZES.items():
        assert name == "{}x{}".format(*sizes[0])
        assert all(side % 16 == 0 for size in sizes for side in size)
