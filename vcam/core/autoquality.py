"""The quality "Auto": which network suits this machine, learnt from how the last minutes went.

A contextual bandit, LinUCB with one linear model for each arm (Li et al., "A contextual-bandit approach to
personalized news article recommendation", WWW 2010, algorithm 1): each arm keeps A = λI + Σ x xᵀ and
b = Σ r x; its estimate for a context x is θᵀx with θ = A⁻¹b, and its doubt √(xᵀA⁻¹x). A person's thumb is no
lesson among many: the last one for each arm stands until another, and outweighs every figure.

It is safe: an arm is only chosen where the 95th percentile of its time, as measured or as inferred from its
cost relative to a measured arm, stays within the deadline; and doubt counts in its favour only while nobody
watches.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

VERSION = 1
DOUBT = 0.3
"""How much an arm's doubt counts in its favour while exploring is allowed."""
MARGIN = 1.5
"""By how much a time that was inferred, not measured, is taken to be worse."""
SHARE = 0.5
"""Share of a frame's time that the network may take at its 95th percentile."""
WORD = 1.0
"""What a thumb adds to an arm's worth, or takes from it: more than cards and lessons differ by."""
_RIDGE = 1.0
_TIMES = 64
_FEATURES = 5


@dataclass(frozen=True, slots=True)
class Arm:
    """A network that could be used.

    Attributes:
        name: of the model.
        title: what people read, as "Balanced int8".
        cost: expected work, in any unit that is the same for all arms (MMAC, say).
        quality: expected benefit in [0, 1], from the model's card.
    """

    name: str
    title: str
    cost: float
    quality: float


@dataclass(frozen=True, slots=True)
class Context:
    """What the choice may depend on.

    Attributes:
        cores: of this machine.
        vnni: whether it has fast int8 arithmetic.
        load: of all cores together, 0 (idle) … 1 (busy).
        battery: whether it runs on one.
    """

    cores: int
    vnni: bool
    load: float
    battery: bool

    def vector(self) -> Vector:
        """Return float64 (5,): a constant, then each fact in about [0, 1]."""
        cores = min(math.log2(max(self.cores, 1)) / 4, 1.5)
        return np.array([1.0, cores, float(self.vnni), min(max(self.load, 0.0), 1.5), float(self.battery)])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a while went with an arm.

    Attributes:
        missed: share of frames that came too late or not at all, 0 … 1.
        flicker: mean change of the matte where nothing moved, 0 … 1.
        cpu: share of one core that the app took, 0 … 1 and above.
    """

    missed: float
    flicker: float
    cpu: float

    def reward(self, quality: float) -> float:
        """Return what it was worth; missed deadlines weigh most."""
        return quality - 4.0 * self.missed - 10.0 * self.flicker - 0.5 * self.cpu


class _Learner:
    """What is known of one arm."""

    def __init__(self) -> None:
        self.a: Vector = _RIDGE * np.eye(_FEATURES)
        self.b: Vector = np.zeros(_FEATURES)
        self.times: deque[float] = deque(maxlen=_TIMES)
        self.thumbs = 0

    def expected(self, x: Vector) -> tuple[float, float]:
        """Return the estimate of the reward and its doubt."""
        inverse = np.linalg.inv(self.a)
        return float(x @ inverse @ self.b), math.sqrt(float(x @ inverse @ x))

    def learn(self, x: Vector, reward: float) -> None:
        self.a += np.outer(x, x)
        self.b += reward * x


class AutoQuality:
    """Chooses among arms. Not for several threads at once.

    Args:
        arms: what there is to choose from; at least one.
        deadline: milliseconds between two frames.
    """

    def __init__(self, arms: Sequence[Arm], deadline: float) -> None:
        if not arms:
            raise ValueError("got no network != wanted at least one to choose from")
        self._arms = {arm.name: arm for arm in arms}
        self._learners = {arm.name: _Learner() for arm in arms}
        self._deadline = deadline

    def choose(self, context: Context, *, watched: bool) -> Arm:
        """Return the arm to use now.

        Args:
            context: how things are.
            watched: whether somebody sees the result; nothing is tried out then.
        """
        safe = [arm for arm in self._arms.values() if self.p95(arm.name) <= SHARE * self._deadline]
        if not safe:
            return min(self._arms.values(), key=lambda arm: arm.cost)
        doubt = 0.0 if watched else DOUBT
        return max(safe, key=lambda arm: self._worth(arm, context.vector(), doubt))

    def observe(self, name: str, context: Context, outcome: Outcome, milliseconds: Sequence[float]) -> None:
        """Learn from a while with an arm: how it went, and what the network took for single frames."""
        learner = self._learners[name]
        learner.times.extend(float(value) for value in milliseconds if math.isfinite(value) and value >= 0)
        # The card's quality is known beforehand, so only what differs from it has to be learnt.
        learner.learn(context.vector(), outcome.reward(0.0))

    def rate(self, name: str, thumbs: int) -> None:
        """Take in the person's word on an arm: 1, −1, or 0 to take it back."""
        self._learners[name].thumbs = max(-1, min(1, thumbs))

    def p95(self, name: str) -> float:
        """Return the 95th percentile of an arm's milliseconds; 0 where nothing at all was measured yet."""
        times = self._learners[name].times
        if times:
            return float(np.percentile(np.array(times), 95))
        inferred = [
            self.p95(other) * self._arms[name].cost / max(self._arms[other].cost, 1e-9)
            for other, learner in self._learners.items()
            if learner.times
        ]
        return MARGIN * max(inferred) if inferred else 0.0

    def explain(self, name: str) -> str:
        """Return in one line why an arm is used: "Balanced int8: 1.3 ms of 33"."""
        times = self._learners[name].times
        title = self._arms[name].title
        if not times:
            return title
        return f"{title}: {float(np.median(np.array(times))):.1f} ms of {self._deadline:.0f}"

    def to_json(self) -> dict[str, Any]:
        """Return everything learnt."""
        return {
            "version": VERSION,
            "arms": {
                name: {
                    "a": learner.a.tolist(),
                    "b": learner.b.tolist(),
                    "times": list(learner.times),
                    "thumbs": learner.thumbs,
                }
                for name, learner in self._learners.items()
            },
        }

    def restore(self, document: Mapping[str, Any]) -> None:
        """Take over what was learnt before; arms that are no more are left out.

        Raises:
            ValueError: it is not what to_json() writes. Nothing is changed then.
        """
        if document.get("version") != VERSION:
            raise ValueError(f"got version {document.get('version')!r} != wanted {VERSION}")
        arms = document.get("arms")
        if not isinstance(arms, Mapping):
            # One kind of error for one kind of trouble: a document that cannot be taken over.
            raise ValueError(f"got arms of {type(arms).__name__} != wanted an object")  # noqa: TRY004
        self._learners |= {name: _learner(arms[name]) for name in self._arms if name in arms}

    def _worth(self, arm: Arm, x: Vector, doubt: float) -> float:
        estimate, unsure = self._learners[arm.name].expected(x)
        return arm.quality + estimate + doubt * unsure + WORD * self._learners[arm.name].thumbs


def _learner(document: Any) -> _Learner:
    try:
        learner = _Learner()
        learner.a, learner.b = np.array(document["a"], np.float64), np.array(document["b"], np.float64)
        learner.times.extend(float(value) for value in document["times"])
        learner.thumbs = max(-1, min(1, int(document.get("thumbs", 0))))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"got an arm that cannot be read: {error}") from error
    whole = learner.a.shape == (_FEATURES, _FEATURES) and learner.b.shape == (_FEATURES,)
    numbers = [learner.a, learner.b, np.array(learner.times)]
    if not whole or not all(np.isfinite(array).all() for array in numbers):
        raise ValueError("got an arm of another shape, or with numbers that are none")
    if np.linalg.eigvalsh((learner.a + learner.a.T) / 2).min() < _RIDGE / 2:
        raise ValueError("got an arm whose matrix cannot have been learnt")
    return learner
