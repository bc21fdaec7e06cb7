"""MediaPipe's nets as a teacher in the loop: what they see in each invented picture, not only in the packs'.

The labels of composites are exact, but they are few people's. The teachers have seen many more, so a student
that must also say what they say about every crop, wall and street, and see what they see, learns more than
its own people (function matching: Beyer et al. 2022, section 3; hints: Romero et al. 2015, section 2.2). They
run on one core beside the training step, at the picture's own size: what the student cannot see, they do not
tell. MediaPipe Selfie is Apache-2.0; none of its weights enter ours. A larger net of ours may look, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from training.data import Bytes
from training.evaluate import network_input
from training.losses import edge_weight

Features = NDArray[np.float16]

HINTS = {"deep": ("t157", 32), "decode_eighth": ("t193", 24)}
"""Stage of the student -> tensor of MediaPipe general that it must be able to tell, and its channels."""

GENERAL_SHARE = 0.75  # of the two nets' logits; the rest is landscape's, as in the packs' own labels
MENTOR_SHARE = 0.5  # of the logits, where a larger net of ours looks, too
DISPUTED = 0.2  # weight of what the teachers say where the label says the opposite
_CERTAIN = 1e-3  # alpha nearer to 0 or 1 than this says no more


class Guidance(NamedTuple):
    """What the teachers say of a batch: mattes (N, 1, 128, 128) uint8, one float16 (N, C, h, w) per hint."""

    mattes: Bytes
    features: tuple[Features, ...]


class Guide:
    """The teachers, opened from ``folder``, where training.guide put their graphs.

    ``mentor``: a larger net of ours that teaches with them, as exported (models/quality.onnx); "" for none.
    """

    SIDE = 128  # of the mattes: half of what the general net gives

    def __init__(self, folder: Path, mentor: str = "") -> None:
        hints = tuple(name for name, _ in HINTS.values())
        self._general = _open(folder / "peer0.onnx", hints)
        self._landscape = _open(folder / "peer1.onnx", ())
        self._mentor = _open(Path(mentor), ()) if mentor else None

    def __call__(self, images: Bytes) -> Guidance:
        """Look at RGB pictures, uint8 (N, 3, H, W)."""
        rows = [self._see(np.ascontiguousarray(image[::-1].transpose(1, 2, 0))) for image in images]
        mattes = np.stack([row[0] for row in rows])[:, None]
        return Guidance(
            mattes, tuple(np.concatenate(each) for each in zip(*(r[1] for r in rows), strict=True))
        )

    def _see(self, picture: Bytes) -> tuple[Bytes, list[Features]]:
        alpha, *hints = _run(self._general, picture)
        first, second = self._logits(alpha), self._logits(_run(self._landscape, picture)[0])
        mixed = GENERAL_SHARE * first + (1 - GENERAL_SHARE) * second
        if self._mentor:
            mixed += MENTOR_SHARE * (self._logits(_run(self._mentor, picture)[0]) - mixed)
        matte = 255 / (1 + np.exp(-mixed))
        return matte.round().astype(np.uint8), [hint.astype(np.float16) for hint in hints]

    def _logits(self, alpha: NDArray[np.float32]) -> NDArray[np.float32]:
        return _logit(cv2.resize(alpha[0, 0], (self.SIDE, self.SIDE), interpolation=cv2.INTER_AREA))


def _open(path: Path, more: tuple[str, ...]) -> ort.InferenceSession:
    """A session that also gives the tensors named in ``more``."""
    from training.export import session  # noqa: PLC0415 - it imports what trains

    model = onnx.load(str(path))
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in more)
    return session(model.SerializeToString())


def _run(net: ort.InferenceSession, picture: Bytes) -> list[NDArray[np.float32]]:
    node = net.get_inputs()[0]
    height, width = (
        wanted if isinstance(wanted, int) else own
        for wanted, own in zip(node.shape[2:], picture.shape[:2], strict=True)
    )  # ours take any size
    found: list[NDArray[np.float32]] = net.run(None, {node.name: network_input(picture, (height, width))})
    return found


def _logit(alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    alpha = np.clip(alpha, _CERTAIN, 1 - _CERTAIN)
    return np.log(alpha / (1 - alpha))


class Apprentice(nn.Module):
    """Learns beside a student to tell the teacher's features by the student's: a 1x1 convolution per hint."""

    def __init__(self, student: nn.Module, size: tuple[int, int]) -> None:
        super().__init__()
        self._seen: dict[str, Tensor] = {}
        for stage in HINTS:
            student.get_submodule(stage).register_forward_hook(self._keep(stage))
        training = student.training
        with torch.no_grad():
            student.eval()(torch.zeros(1, 3, *size, device=next(student.parameters()).device))
        student.train(training)
        self.tell = nn.ModuleDict(
            {stage: nn.Conv2d(self._seen[stage].shape[1], size, 1) for stage, (_, size) in HINTS.items()}
        )
        self.norm = nn.ModuleDict(
            {stage: nn.BatchNorm2d(size, affine=False) for stage, (_, size) in HINTS.items()}
        )

    def _keep(self, stage: str) -> Callable[[nn.Module, object, Tensor], None]:
        def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            self._seen[stage] = output

        return keep

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """How far what the student's last pass tells is from the teacher's features, each standardised."""
        errors = []
        for stage, wanted in zip(HINTS, features, strict=True):
            told = self.tell[stage](self._seen[stage]).float()
            target = F.interpolate(self.norm[stage](wanted.float()), told.shape[2:], mode="bilinear")
            errors.append(F.smooth_l1_loss(told, target))
        return torch.stack(errors).mean()


def guidance_loss(logits: Tensor, said: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy against the teachers' mattes, mostly away from outlines and from where they are disputed.

    Args:
        logits: (N, 1, H, W).
        said: the teachers' mattes in [0, 1], (N, 1, h, w).
        truth: the label in [0, 1], shaped as ``logits``.
    """
    said = F.interpolate(said, logits.shape[2:], mode="bilinear")
    weight = torch.where((said - truth).abs() < 0.5, 1.0, DISPUTED) / edge_weight(truth)
    cross = F.binary_cross_entropy_with_logits(logits, said, reduction="none")
    return (cross * weight).sum() / weight.sum()


def main() -> None:
    """Write the teachers' graphs into --work: the folder `guide` of the stores."""
    from training.bench_accuracy import PeerSide, add_peer  # noqa: PLC0415 - it imports what trains
    from training.train import add_places  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    add_peer(parser)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    for model in (0, 1):
        PeerSide(args.mediapipe_python, args.work).graph(model)


if __name__ == "__main__":
    main()
