import cv2
import numpy as np

from vcam.imaging.edges import apply_lines, fit_lines


def test_a_flat_guide_gives_the_windows_mean():
    alpha = np.zeros((20, 20), np.float32)
    alpha[:, 10:] = 1
    lines = fit_lines(alpha, np.full((20, 20), 128, np.uint8), 1, 1e-3)
    assert np.allclose(lines.slope, 0, atol=1e-3)
    assert np.allclose(lines.offset[:, [0, 19]], [0, 1], atol=1e-3)


def test_a_sharp_edge_in_the_guide_sharpens_the_matte():
    large = np.full((72, 128), 60, np.uint8)
    large[:, 61:] = 190
    truth = (np.arange(128) >= 61).astype(np.float32)
    small = cv2.resize(large, (32, 18), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(
        cv2.resize(np.tile(truth, (72, 1)), (32, 18), interpolation=cv2.INTER_AREA), (0, 0), 1
    )
    refined = apply_lines(fit_lines(soft, small, 2, 5e-4), large)
    plain = cv2.resize(soft, (128, 72))
    assert refined.shape == (72, 128)
    assert refined.dtype == np.uint8
    assert np.abs(refined / 255 - truth).mean() < 0.7 * np.abs(plain - truth).mean()


def test_levels_stretch_and_clip():
    alpha = np.tile(np.array([0.05, 0.5, 0.95], np.float32).repeat(8), (24, 1))
    lines = fit_lines(alpha, np.zeros((24, 24), np.uint8), 1, 1e-3)
    stretched = apply_lines(lines, np.zeros((24, 24), np.uint8), (0.1, 0.9))
    assert np.allclose(stretched[:, [2, 12, 22]], [0, 127.5, 255], atol=0.5)
    assert stretched.dtype == np.uint8
