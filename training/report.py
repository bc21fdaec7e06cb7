"""The accuracy tables as Markdown."""

from __future__ import annotations

from typing import Any

FIGURES = (
    ("iou", "Person IoU ×100", True), ("iou_worst_tenth", "Person IoU of the worst tenth ×100", True),
    ("boundary_f", "Boundary F ×100 (3 px at 512)", True), ("mae", "MAE of alpha ×1000", False),
    ("flicker", "Flicker ×1000 (clips)", False), ("dtssd", "dtSSD ×1000 (clips)", False),
    ("false_permille", "Empty rooms: false person share, ‰", False),
)  # fmt: skip

IN_THE_APP = (
    "The same mattes after the app's own refiner (`vcam/imaging/matte.py`), which steadies them where the "
    "picture stands still and leads them to its edges. It costs the app's CPU and not the net's, and would "
    "serve MediaPipe's mattes as well, so they are shown raw and refined, too."
)

CLOSING = (
    "Why, the curve against images, and what would close the gap: [training/LOG.md](../training/LOG.md), "
    "[training-curves.png](training-curves.png)."
)


def markdown(result: dict[str, Any], cards: list[dict[str, Any]]) -> str:
    """One table per figure (sets down, nets across), one of costs, and where the marks stand."""
    lines = ["# Accuracy, measured side by side", "", _intro(result), "", *_costs(result, cards), ""]
    for key, title, larger in FIGURES:
        lines += [*_table(result, key, title, larger=larger), ""]
    lines += [*_slices(result), "", *_hardships(result), "", *_steadied(result), ""]
    lines += ["## Where the marks stand", "", *_marks(result), "", CLOSING, ""]
    return "\n".join(lines)


def _intro(result: dict[str, Any]) -> str:
    about = ", ".join(f"{k} {v}" for k, v in result["conditions"].items())
    return (
        "Written by `make bench-accuracy` (`python -m training.bench_accuracy`). Same pictures for all, "
        f"mattes judged at 512 px on the long side. {about}. No picture here was trained on; `val_*` and "
        "`keyed_*` keep whole people and clips apart from training but come from the same sources, `eval_*` "
        "and `research_*` are other sources altogether. Sets whose labels are 'teacher' are judged against a "
        "blend of MediaPipe and Meet nets and so favour MediaPipe. "
        "The best of each row is bold."
    )


def _costs(result: dict[str, Any], cards: list[dict[str, Any]]) -> list[str]:
    facts = {c["title"]: c for c in cards}
    lines = [
        "## Cost of one inference",
        "",
        "| net | input | precision | MMAC | CPU ms | of landscape |",
        "|---|---|---|---|---|---|",
    ]
    for name, cost in result["cost"].items():
        card = facts.get(name)
        size = (
            "×".join(str(v) for v in card["input"]["sizes"][0])
            if card
            else ("256×256" if "general" in name else "144×256")
        )
        precision, mmac = (
            (card["precision"], card["cost"]["mmac"]) if card else ("fp32", 59 if "general" in name else 33)
        )
        lines.append(
            f"| {name} | {size} | {precision} | {mmac} | {cost['ms']:.2f} | {cost['of_landscape']:.2f} |"
        )
    return lines


def _table(result: dict[str, Any], key: str, title: str, *, larger: bool) -> list[str]:
    nets = list(result["scores"])
    rows = [name for name in result["sets"] if key in result["scores"][nets[0]][name]]
    lines = [
        f"## {title}",
        "",
        "| set (pictures, labels) | " + " | ".join(nets) + " |",
        "|---" * (len(nets) + 1) + "|",
    ]
    for name in rows:
        values = [result["scores"][net][name][key] for net in nets]
        best = max(values) if larger else min(values)
        cells = [f"**{v:.1f}**" if v == best else f"{v:.1f}" for v in values]
        about = result["sets"][name]
        lines.append(f"| {name} ({about['pictures']}, {about['labels']}) | " + " | ".join(cells) + " |")
    return lines


def _steadied(result: dict[str, Any]) -> list[str]:
    """Flicker and boundary F of raw and steadied mattes, side by side."""
    nets, lines = list(result["scores"]), ["## In the app", "", IN_THE_APP, ""]
    for key, title, _ in (f for f in FIGURES if f[0] in {"boundary_f", "flicker"}):
        lines += [f"{title}, raw → in the app", "", "| set | " + " | ".join(nets) + " |"]
        lines.append("|---" * (len(nets) + 1) + "|")
        for name, about in result["sets"].items():
            if key in result["scores"][nets[0]][name] and about["labels"] != "nobody":
                pairs = [[result[k][net][name][key] for k in ("scores", "steadied")] for net in nets]
                lines.append(f"| {name} | " + " | ".join(f"{a:.1f} → {b:.1f}" for a, b in pairs) + " |")
        lines.append("")
    return lines[:-1]


def _slices(result: dict[str, Any]) -> list[str]:
    """Person IoU by framing and darkness, over all sets with truth."""
    nets = list(result["slices"])
    lines = ["## Person IoU ×100 by framing and by how dark the person appears", ""]
    about = "Over all pictures with human or rendered truth. No set carries skin-tone labels: "
    lines += [
        about + "luma inside the mask mixes skin, hair, clothes and light.",
        "",
        "| pictures | " + " | ".join(nets) + " |",
        "|---" * (len(nets) + 1) + "|",
    ]
    for name, (count, _) in result["slices"][nets[0]].items():
        values = [result["slices"][net][name][1] for net in nets]
        cells = [f"**{v:.1f}**" if v == max(values) else f"{v:.1f}" for v in values]
        lines.append(f"| {name} ({count}) | " + " | ".join(cells) + " |")
    return lines


def _hardships(result: dict[str, Any]) -> list[str]:
    """Person IoU and boundary F under each hardship."""
    nets = list(result["scores"])
    about = "Person IoU ×100, boundary F ×100: means over the sets with truth (40 pictures of each at most), "
    lines = [
        "## In a worse light",
        "",
        about + "their pictures made worse at 512 px by `training/hardships.py`.",
        "",
        "| pictures | " + " | ".join(nets) + " |",
        "|---" * (len(nets) + 1) + "|",
    ]
    for name, found in result["hardships"].items():
        best = [max(found[net][i] for net in nets) for i in (0, 1)]
        cells = [
            ", ".join(f"**{v:.1f}**" if v == b else f"{v:.1f}" for v, b in zip(found[net], best, strict=True))
            for net in nets
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _marks(result: dict[str, Any]) -> list[str]:
    """Balanced against the better peer, set by set, in plain words."""
    scores, lines = result["scores"], []
    peers = [n for n in scores if n.startswith("MediaPipe")]
    if "Balanced" not in scores:
        return ["No Balanced model was measured."]
    for name in result["sets"]:
        ours = scores["Balanced"][name]
        if "iou" in ours:
            gap = {k: ours[k] - max(scores[p][name][k] for p in peers) for k in ("iou", "boundary_f")}
            line = f"- {name}: IoU {gap['iou']:+.1f} (wanted above 0)"
            line += f", boundary F {gap['boundary_f']:+.1f} (wanted +5.0)"
            if "flicker" in ours:
                steadier = min(scores[p][name]["flicker"] for p in peers)
                line += f", flicker {ours['flicker'] / steadier:.2f} of the steadier (wanted 0.50)"
                line += f", in the app {result['steadied']['Balanced'][name]['flicker'] / steadier:.2f}"
            lines.append(line)
    return lines
