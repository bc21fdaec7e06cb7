"""The quality "Auto" at work: arms from the model cards, memory in a file, lessons from the status."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from statistics import fmean

from vcam.adapters.files import read_regular, write_atomically
from vcam.adapters.machine import read_context
from vcam.adapters.model_card import ModelCard, list_cards
from vcam.core import threads
from vcam.core.autoquality import Arm, AutoQuality, Context, Outcome
from vcam.core.settings import Quality
from vcam.core.status import State, Status

log = logging.getLogger(__name__)

LESSON = 30.0
"""Seconds of running from which one lesson is drawn, and for which a choice stands at least."""
_INT8_GAIN = 0.5
_EXPECTED = {Quality.PERFORMANCE: 0.70, Quality.BALANCED: 0.80, Quality.QUALITY: 0.86}
_MAX_BYTES = 1_000_000


class Auto:
    """Chooses a model, and learns from how it goes.

    Args:
        models: the folder with networks and cards.
        memory: the file in which this machine's lessons are kept.
        fps: of the camera.
        context: how the machine is; tests pass their own.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        models: Path,
        memory: Path,
        fps: float,
        context: Callable[[], Context] = read_context,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._memory = memory
        self._context = context
        self._clock = clock
        self._models = models
        self._deadline = 1000.0 / fps
        self._name = ""
        self._begun: tuple[float, Status] | None = None
        self._flicker: deque[float] = deque(maxlen=1024)
        self._unkept: bytes | None = None
        self._keeping = threading.Lock()

    def model(self, *, watched: bool = False) -> str:
        """Return the name of the model to use now, "" where there is none to choose from."""
        if self._choice is not None:
            self._name = self._choice.choose(self._context(), watched=watched).name
        return self._name

    @property
    def current(self) -> str:
        """The name of the model last chosen, chosen now where none was."""
        return self._name or self.model()

    def explain(self) -> str:
        """Return in one line what is used, and why."""
        return self._choice.explain(self._name) if self._choice is not None and self._name else ""

    def flickered(self, flicker: float) -> None:
        """Take in how much the matte in use changed where nothing moved; on the pipeline's thread."""
        self._flicker.append(flicker)

    def rate(self, thumbs: int) -> str | None:
        """Take in the person's word on what is used: 1 or −1. Return another model's name, as observe()."""
        if self._choice is None or not self._name:
            return None
        self._begun = None  # the lesson under way is about what was before
        self._choice.rate(self._name, thumbs)
        self._remember(self._choice)
        return self._another(watched=True)

    def observe(self, status: Status) -> str | None:
        """Take in a status. Return the name of another model where one should be used from now on."""
        if status.state is not State.RUNNING or status.model != self._name or self._choice is None:
            self._begun = None
            return None
        now = self._clock()
        if self._begun is None:
            self._begun = (now, status)
            self._flicker.clear()
            return None
        began, before = self._begun
        if now - began < LESSON:
            return None
        self._begun = None
        self._learn(self._choice, before, status)
        return self._another(watched=status.watched)

    def _another(self, *, watched: bool) -> str | None:
        former = self._name
        return self._name if self.model(watched=watched) != former else None

    def _learn(self, choice: AutoQuality, before: Status, after: Status) -> None:
        read = after.stats.frames_in - before.stats.frames_in
        missed = (after.stats.dropped - before.stats.dropped) / max(read, 1)
        stages = after.stats.stages
        flicker = fmean(self._flicker) if self._flicker else 0.0
        outcome = Outcome(missed=missed, flicker=flicker, cpu=after.stats.cpu_percent / 100)
        choice.observe(self._name, self._context(), outcome, [stages.segment, stages.segment_p95])
        self._remember(choice)

    def _remember(self, choice: AutoQuality) -> None:
        with self._keeping:
            idle, self._unkept = self._unkept is None, json.dumps(choice.to_json()).encode()
        if idle:
            # Beside the pipeline's thread, for which a slow disk would be a frozen picture.
            try:
                threads.start(threading.Thread(target=self._keep, name="auto", daemon=True))
            except RuntimeError:
                self._unkept = None  # out of memory: the next lesson tries again
                raise

    def _keep(self) -> None:
        """Write what is to be kept until nothing newer has come meanwhile."""
        kept: bytes | None = None
        while True:
            with self._keeping:
                if self._unkept is None or self._unkept is kept:
                    self._unkept = None
                    return
                kept = self._unkept
            try:
                write_atomically(self._memory, kept)
            except OSError as error:
                log.info("what Auto has learnt could not be kept: %s", error)

    @cached_property
    def _choice(self) -> AutoQuality | None:
        """The bandit, with what it had learnt; made when it is first asked, which most runs never do."""
        arms = [arm for card in list_cards(self._models) if (arm := _arm(card)) is not None]
        if not arms:
            return None
        choice = AutoQuality(arms, self._deadline)
        self._recall(choice)
        return choice

    def _recall(self, choice: AutoQuality) -> None:
        try:
            choice.restore(json.loads(read_regular(self._memory, _MAX_BYTES)))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError, AttributeError) as error:
            log.warning("what Auto had learnt cannot be read, and is learnt anew: %s", error)


def _arm(card: ModelCard) -> Arm | None:
    if card.quality is None:
        return None
    int8 = card.precision == "int8"
    return Arm(
        name=card.name,
        title=f"{card.title} int8" if int8 else card.title,
        cost=max(card.mmac, 0.1) * (_INT8_GAIN if int8 else 1.0),
        quality=_EXPECTED.get(card.quality, 0.5),
    )
