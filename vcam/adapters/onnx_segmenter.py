"""The network, run by ONNX Runtime on one thread, as its card tells."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from vcam.adapters.feeds import Feed, make_feed
from vcam.adapters.model_card import Meaning, ModelCard
from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Alpha, Frame, Matte, Size
from vcam.imaging.scale import Pyramid

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

_TOLERANCE = 0.01
"""How far outside [0, 1] an alpha may stand: rounding of an int8 network, not a broken one."""


class OnnxSegmenter:
    """A segmenter over one ONNX file.

    One static session per input size, opened when a frame's shape first asks for it: one file serves wide,
    square and upright pictures, and each session is planned for fixed shapes.

    Args:
        card: what the network is.
        frame_size: of the frames to come, where known, so that the first of them does not wait.
        pyramid: shared with the refiner and the compositor, so that each halving of a frame is made once.

    Raises:
        ModelError: the network is missing, damaged, or not what its card says.
    """

    def __init__(
        self, card: ModelCard, frame_size: Size | None = None, pyramid: Pyramid | None = None
    ) -> None:
        self._card = card
        self._pyramid = pyramid or Pyramid()
        self._network = card.read_fastest()
        self._runs: dict[Size, _Run] = {}
        self._current = self._open(nearest_size(card.input.sizes, frame_size or card.input.sizes[0]))
        self._closed = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._card.name

    def segment(self, frame: Frame) -> Matte:
        """Return the person's matte at the network's own size. Raises ModelError."""
        if self._closed:
            raise ModelError(Problem.NO_MODEL, f"the model {self.name} was closed; open it anew")
        size = nearest_size(self._card.input.sizes, frame.size)
        if size != self._current.size:
            self._current = self._runs.get(size) or self._open(size)
            self._current.reset()
        return Matte(alpha=self._current(frame), captured_at=frame.captured_at)

    def reset(self) -> None:
        """Forget what came before."""
        self._current.reset()

    def close(self) -> None:
        """Let go of the network."""
        self._closed = True
        self._runs.clear()

    def _open(self, size: Size) -> _Run:
        run = self._runs[size] = _Run(self._card, self._network, size, self._pyramid)
        return run


def nearest_size(sizes: tuple[Size, ...], frame: Size) -> Size:
    """Return the size whose aspect is nearest to the frame's; the first of equals."""
    wanted = np.log(frame.width / frame.height)
    return min(sizes, key=lambda size: abs(np.log(size.width / size.height) - wanted))


class _Run:
    """The network at one input size, with its buffers and its memory."""

    def __init__(self, card: ModelCard, network: bytes, size: Size, pyramid: Pyramid) -> None:
        self.size = size
        self._card = card
        self._session, shapes, made = _open_session(card, network, size)
        self._feed = make_feed(card, size, pyramid)
        _check_graph(card, shapes, made, self._feed)
        self._outputs = [card.output.name, *(state.output for state in card.recurrent)]
        self._empty = {state.input: _zeros(shapes[state.input][1]) for state in card.recurrent}
        self._memory = dict(self._empty)

    def __call__(self, frame: Frame) -> Alpha:
        feeds = {self._card.input.name: self._feed(frame), **self._memory}
        try:
            made = self._session.run(self._outputs, feeds)
        except Exception as error:
            # ONNX Runtime's exceptions share no base but Exception.
            raise ModelError(Problem.BAD_MATTE, f"the model {self._card.name} failed: {error}") from error
        alpha = _alpha(self._card, made[0], self.size)
        self._memory = {state.input: made[i] for i, state in enumerate(self._card.recurrent, start=1)}
        return alpha

    def reset(self) -> None:
        self._memory = dict(self._empty)


Shapes: TypeAlias = dict[str, tuple[str, list[int | str]]]


def _open_session(card: ModelCard, network: bytes, size: Size) -> tuple[Any, Shapes, list[str]]:
    """Return the session, its inputs {name: (type, shape)}, and the names of its outputs."""
    import onnxruntime  # noqa: PLC0415 - a tenth of a second that only opening a model should cost

    onnxruntime.disable_telemetry_events()  # Windows, which does not know what vcam/__init__.py sets
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    # A spinning thread would burn most of the CPU time between frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.add_free_dimension_override_by_name("height", size.height)
    options.add_free_dimension_override_by_name("width", size.width)
    try:
        # Without its fallback, which prints to the terminal and tries the same again.
        session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        inputs = {node.name: (node.type, node.shape) for node in session.get_inputs()}
        return session, inputs, [node.name for node in session.get_outputs()]
    except Exception as error:
        # ONNX Runtime's exceptions share no base but Exception.
        raise ModelError(
            Problem.DAMAGED_MODEL,
            f"{card.file.name} cannot be loaded: {error}; install the app's models anew",
        ) from error


def _check_graph(card: ModelCard, inputs: Shapes, outputs: list[str], feed: Feed) -> None:
    named_in = {card.input.name, *(state.input for state in card.recurrent)}
    named_out = {card.output.name, *(state.output for state in card.recurrent)}
    if set(inputs) != named_in or not named_out <= set(outputs):
        raise ModelError(
            Problem.WRONG_MODEL,
            f"{card.file.name}: got inputs {sorted(inputs)} and outputs {sorted(outputs)} "
            f"!= wanted {sorted(named_in)} and {sorted(named_out)}",
        )
    got, wanted = inputs[card.input.name], list(feed.tensor.shape)
    open_ended = [w if isinstance(g, str) else g for g, w in zip(got[1], wanted, strict=False)]
    kind = "tensor(uint8)" if feed.tensor.dtype == np.uint8 else "tensor(float)"
    if got[0] != kind or len(got[1]) != len(wanted) or open_ended != wanted:
        raise ModelError(
            Problem.WRONG_MODEL,
            f"{card.file.name}: got an input of {got[0]} {got[1]} != wanted {kind} {wanted}",
        )


def _zeros(shape: list[int | str]) -> NDArray[np.float32]:
    """Return a memory that holds nothing; a dimension left open begins as 1."""
    return np.zeros([side if isinstance(side, int) else 1 for side in shape], np.float32)


def _alpha(card: ModelCard, made: Any, size: Size) -> Alpha:
    """Return float32 (height, width) in [0, 1], or raise ModelError: nothing else goes on."""
    shape, dtype = np.shape(made), getattr(made, "dtype", None)
    flat = len(shape) == 4 and shape[:2] == (1, 1)
    if not flat or not 1 <= shape[2] <= size.height or not 1 <= shape[3] <= size.width or dtype != np.float32:
        raise ModelError(
            Problem.WRONG_MODEL,
            f"{card.name}: got a matte of {dtype} {shape} "
            f"!= wanted float32 (1, 1, up to {size.height}, up to {size.width})",
        )
    alpha: Alpha = made[0, 0]
    # Minimum and maximum are NaN where any value is, and a NaN passes no comparison.
    low, high = float(alpha.min()), float(alpha.max())
    if card.output.meaning is Meaning.LOGIT:
        if not (low > -np.inf and high < np.inf):
            raise ModelError(Problem.BAD_MATTE, f"{card.name}: got {low} … {high} != wanted finite logits")
        return _sigmoid(alpha)
    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):
        raise ModelError(Problem.BAD_MATTE, f"{card.name}: got alpha {low} … {high} != wanted 0 … 1")
    return alpha if low >= 0 and high <= 1 else np.clip(alpha, 0, 1)


def _sigmoid(logit: Alpha) -> Alpha:
    # Past ±30 a float32 sigmoid is 0 or 1, and exp() would warn of its overflow.
    clipped = np.clip(logit, -30, 30)
    np.exp(np.negative(clipped, out=clipped), out=clipped)
    np.add(clipped, 1, out=clipped)
    return np.reciprocal(clipped, out=clipped)
