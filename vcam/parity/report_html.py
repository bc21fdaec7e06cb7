"""The findings as one HTML file: pictures of both sides and their difference, and charts. Nothing is loaded.

Texts in it come from a trace and are escaped; a content security policy forbids everything but inline styles
and data pictures.
"""

from __future__ import annotations

import base64
from array import array
from collections.abc import Iterator, Sequence
from html import escape

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.parity.android import Bytes
from vcam.parity.compare import Evidence, StageResult
from vcam.parity.manifest import Layout, Manifest
from vcam.parity.report import STAGE_WORDS, Findings, facts, found, rows, suspicions, timing
from vcam.parity.stages import Stage, Values

_NARROWEST, _WIDEST = 240, 360
_CHART = (560, 120)
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --ok: #1a7f37; --bad: #c0362c; --ink: #2f6fde; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; }
td, th { border-bottom: 1px solid var(--line); vertical-align: top; }
.verdict { border-left: .4rem solid; padding: .4rem 1rem; font-weight: 600; }
.same { color: var(--ok); } .differs { color: var(--bad); } .cause { font-size: 1.05rem; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; } figcaption { opacity: .75; }
img { max-width: 100%; image-rendering: pixelated; border: 1px solid var(--line); display: block; }
svg { max-width: 100%; } svg text { font-size: 11px; fill: currentColor; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dd { margin: 0; }
"""


def to_html(findings: Findings) -> str:
    """Return the findings as a page that needs nothing else."""
    title = f"Parity of {escape(findings.report.trace)}"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>",
            *_summary(findings),
            *_stages(findings),
            *_causes(findings),
            *_pictures(findings),
            *_charts(findings),
            "</body></html>\n",
        ]
    )


def _summary(findings: Findings) -> Iterator[str]:
    kind = "same" if findings.report.same else "differs"
    yield f'<p class="verdict {kind}">{escape(findings.verdict)}</p>'
    if findings.cause:
        yield f'<p class="cause">{escape(findings.cause)}</p>'
    yield "<dl>"
    for name, value in facts(findings.report):
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    for note in findings.report.notes:
        yield f"<dt>Note</dt><dd>{escape(note)}</dd>"
    yield "</dl>"


def _table(heads: Sequence[str], lines: Iterator[Sequence[str]]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"
    for line in lines:
        cells = (
            f'<td class="{cell if cell in {"same", "differs"} else ""}">{escape(cell)}</td>' for cell in line
        )
        yield "<tr>" + "".join(cells) + "</tr>"
    yield "</table>"


def _stages(findings: Findings) -> Iterator[str]:
    yield "<h2>Stages</h2>"
    yield from _table(("Stage", "Verdict", "Worst frame", "Limits", "Same in"), iter(rows(findings.report)))


def _causes(findings: Findings) -> Iterator[str]:
    if not findings.causes:
        return
    yield "<h2>Suspects</h2>"
    yield from _table(
        ("Suspect", "Fits", "Left of the difference"),
        suspicions(findings),
    )


def _pictures(findings: Findings) -> Iterator[str]:
    yield "<h2>The worst frame of each stage</h2>"
    for stage, result in findings.report.stages.items():
        if result.worst is not None:
            frame = result.worst.frame.record.index
            yield f"<h3>{escape(STAGE_WORDS[stage])}: frame {frame}, {escape(found(result))}</h3>"
            yield '<div class="row">'
            yield from _evidence(stage, result.worst, findings.report.manifest)
            yield "</div>"


def _evidence(stage: Stage, evidence: Evidence, manifest: Manifest) -> Iterator[str]:
    ours, theirs = evidence.pair.ours, evidence.pair.theirs
    if ours.shape != theirs.shape:
        yield f"<p>got {ours.shape} here and {theirs.shape} on the phone</p>"
        return
    ours, theirs = _planar(stage, ours, manifest), _planar(stage, theirs, manifest)
    with np.errstate(invalid="ignore"):
        apart = np.nan_to_num(np.abs(ours.astype(np.float64) - theirs), posinf=0)
    if apart.ndim == 3 and apart.shape[2] not in {1, 3}:
        worst = int(apart.reshape(-1, apart.shape[2]).max(axis=0).argmax())
        ours, theirs, apart = ours[..., worst], theirs[..., worst], apart[..., worst]
    top = float(apart.max())
    yield _figure(_visible(theirs, theirs), "phone")
    yield _figure(_visible(ours, theirs), "mirrored here")
    gain = 255 / top if top else 0.0
    yield _figure((apart * gain).astype(np.uint8), f"difference; white is {top:.3g}")


def _planar(stage: Stage, values: Values, manifest: Manifest) -> Values:
    """Return (height, width[, channels])."""
    if stage not in {Stage.TENSOR, Stage.OUTPUT}:
        return values
    end = manifest.model.input if stage is Stage.TENSOR else manifest.model.output
    return np.moveaxis(values[0], 0, -1) if end.layout is Layout.NCHW else values[0]


def _visible(values: Values, scale: Values) -> Bytes:
    """Return values as 8 bits; those that are no bytes are stretched over what scale spans."""
    if values.dtype == np.uint8:
        return values
    finite = scale[np.isfinite(scale)].astype(np.float64)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    spread = (values.astype(np.float64) - low) * (255 / ((high - low) or 1.0))
    return np.asarray(np.clip(np.nan_to_num(spread), 0, 255), np.uint8)


def _figure(picture: Bytes, words: str) -> str:
    height, width = picture.shape[:2]
    if width > _WIDEST:
        target = (_WIDEST, max(1, height * _WIDEST // width))
        picture = np.asarray(cv2.resize(picture, target, interpolation=cv2.INTER_AREA), np.uint8)
    if picture.ndim == 3 and picture.shape[2] == 3:
        picture = picture[..., ::-1]
    _, data = cv2.imencode(".png", np.ascontiguousarray(picture))
    encoded = base64.b64encode(bytes(data)).decode()
    text = escape(words)
    shown = max(_NARROWEST, min(width, _WIDEST))
    return (
        f'<figure><img width="{shown}" alt="{text}" src="data:image/png;base64,{encoded}">'
        f"<figcaption>{text}</figcaption></figure>"
    )


def _charts(findings: Findings) -> Iterator[str]:
    report = findings.report
    if report.timings:
        yield "<h2>Times on the phone</h2><p>In milliseconds, frame by frame; reported, never judged.</p>"
        yield '<div class="row">'
        for name, values in report.timings.items():
            took = timing(values)
            words = (
                f"{name}: median {took.median:.2f}, 95 % below {took.p95:.2f}, at most {took.maximum:.2f} ms"
            )
            yield _chart(values, words, None)
        yield "</div>"
    yield '<h2>Differences, frame by frame</h2><div class="row">'
    for stage, result in report.stages.items():
        yield _chart(*_series(stage, result))
    yield "</div>"


def _series(stage: Stage, result: StageResult) -> tuple[array[float], str, float | None]:
    """Return a stage's curve, its words, and its limit."""
    word, limits = STAGE_WORDS[stage], result.limits
    if result.disagreements and limits.disagreement is not None:
        return result.disagreements, f"{word}: mask disagreement", limits.disagreement
    return result.maxima, f"{word}: largest difference", limits.maximum


def _chart(values: Sequence[float], words: str, limit: float | None) -> str:
    """Return a curve as SVG, with at most one point per two pixels (the highest of its bucket)."""
    width, height = _CHART
    curve = _thin(np.nan_to_num(np.asarray(values, np.float64), posinf=0), width // 2)
    top = max(float(curve.max()), limit or 0.0) or 1.0
    xs = np.linspace(0, width, len(curve)) if len(curve) > 1 else np.array([0.0, width])
    ys = height - (curve if len(curve) > 1 else curve.repeat(2)) / top * (height - 14)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    text = escape(words)
    line = ""
    if limit is not None:
        at = height - limit / top * (height - 14)
        line = f'<path d="M0 {at:.1f}H{width}" stroke="var(--bad)" stroke-dasharray="4 4"/>'
    return (
        f'<figure><svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{text}">'
        f'<path d="M0 {height}H{width}" stroke="var(--line)"/>{line}'
        f'<polyline points="{points}" fill="none" stroke="var(--ink)" stroke-width="1.5"/>'
        f'<text x="0" y="10">{top:.3g}</text></svg><figcaption>{text}</figcaption></figure>'
    )


def _thin(values: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    if len(values) <= most:
        return values
    edges = np.linspace(0, len(values), most, endpoint=False).astype(np.int64)
    return np.maximum.reduceat(values, edges)
