"""Small invented stores, so that training can be tested without any data pack."""

from pathlib import Path

import numpy as np
import pytest


def _ellipse(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    inside = ((y - height) / height) ** 2 + ((x - width / 2) / (width / 2.5)) ** 2 < 1
    return (inside * 255).astype(np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    pytest.importorskip("torch")
    from training.data import StoreWriter  # noqa: PLC0415

    rng = np.random.default_rng(0)
    for name, channels in (("scenes", 4), ("cutouts", 4), ("rooms", 3), ("streets", 3)):
        writer = StoreWriter(tmp_path, name)
        for i in range(3):
            pixels = rng.integers(0, 255, (120, 160, channels), dtype=np.uint8)
            if channels == 4:
                pixels[..., 3] = _ellipse(120, 160)
            writer.add(pixels, f"{name}{i}", "ccp_upper", f"person{i}", (False, False, False, True))
        writer.close()
    for part in ("people", "rooms", "streets"):
        (tmp_path / f"{part}.done").touch()
    return tmp_path
