"""What a pipeline is built from: the parts that settings decide, and those that stay for the whole run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vcam.core.budget import Economy
from vcam.core.frame import Image, Size
from vcam.core.ports import CardPainter, Compositor, FrameSink, FrameSource, Gate, Refiner, Segmenter
from vcam.core.stages import EveryFrame


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts that settings decide. What is changed is told by identity: keep the callables that stay.

    Attributes:
        open_source: opens the camera; called on the capture thread.
        open_segmenter: loads the network.
        make_compositor: builds the effect for a size.
        make_fallback: builds the effect that is shown where make_compositor raises BackgroundError.
        hides_room: False only for the effect None.
        make_gate: builds the gate that lets the network rest.
        economy: what is done to keep the CPU budget; the parts above are made accordingly.
        choice: why this network, where the quality Auto has chosen it.
        lossless: every frame counts (files).
        patient: wait for a source that fails and open it again; a file will not get better by waiting.
        on_demand: close the source while demand() says no.
    """

    open_source: Callable[[], FrameSource]
    open_segmenter: Callable[[], Segmenter]
    make_compositor: Callable[[Size], Compositor]
    make_fallback: Callable[[Size], Compositor]
    hides_room: bool
    make_gate: Callable[[], Gate] = EveryFrame
    economy: Economy = Economy.FULL
    choice: str = ""
    lossless: bool = False
    patient: bool = True
    on_demand: bool = True


@dataclass(frozen=True, slots=True)
class Fittings:
    """The parts that stay for the whole run.

    Attributes:
        open_sink: opens the sink, of the given size.
        size: of every picture sent.
        paint_card: draws cards.
        conform: (pixels, size) → pixels of that size.
        make_refiner: builds the refiner.
        demand: whether anybody looks; polled a few times a second.
        unsettled: whether demand may change its mind within moments, and should be asked again soon.
        leave: lets go of what demand holds on to; called at the end of the run.
        devices: which cameras there are just now, to be compared; one that comes or goes ends every pause.
        tap: gets every picture sent.
        sink_required: fail where the sink does (headless), instead of waiting for it.
        cards: send cards; not into files, which should hold the source's frames and nothing else.
    """

    open_sink: Callable[[], FrameSink]
    size: Size
    paint_card: CardPainter
    conform: Callable[[Image, Size], Image]
    make_refiner: Callable[[], Refiner]
    demand: Callable[[], bool] = lambda: True
    unsettled: Callable[[], bool] = lambda: False
    leave: Callable[[], None] = lambda: None
    devices: Callable[[], object] = lambda: None
    tap: Callable[[Image], None] = lambda _: None
    sink_required: bool = False
    cards: bool = True
