"""A phone, written again from docs/parity.md with NumPy and ONNX Runtime alone: phone.py JOB OUT DEVICE.

It never imports vcam: what it leaves is a trace that the mirror is checked against. It runs on the real
aarch64 onnxruntime wheel (arm64_setup.sh); qemu is slow, so it is written for few operations, not for speed.

JOB is a folder with job.json {"manifest": …, "model": "FILE", "frames": [{"file", "width", "height",
"rotation", "planes"?}]}; it does the parts of the contract that the jobs ask for, and stops at others.
"""

from __future__ import annotations

import hashlib
import json
import platform
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import onnxruntime


def yuv_to_rgb(y, u, v, method):
    y, u, v = (plane.astype(np.int64) for plane in (y, u, v))
    u, v = u - 128, v - 128
    if method == "renderscript":
        base, shift = 298 * (y - 16) + 128, 8
        red, green, blue = 409 * v, -100 * u - 208 * v, 516 * u
    elif method == "libyuv-full":
        base, shift = (y * 257 * 16320 >> 16) + 32, 6
        red, green, blue = 90 * v, -22 * u - 46 * v, 113 * u
    elif method == "libyuv-limited":
        base, shift = (y * 257 * 18997 >> 16) - 1160, 6
        red, green, blue = 102 * v, -25 * u - 52 * v, 128 * u
    else:
        raise SystemExit(f"no {method} here")
    rgb = np.stack([base + red, base + green, base + blue], axis=-1) >> shift
    return np.minimum(np.maximum(rgb, 0), 255).astype(np.uint8)


def samples(data, frame):
    """Full-size Y, U and V."""
    width, height = frame["width"], frame["height"]
    chroma = (width + 1) // 2
    planes = frame.get("planes") or {
        "y": {"offset": 0, "row_stride": width, "pixel_stride": 1},
        "u": {"offset": width * height + 1, "row_stride": 2 * chroma, "pixel_stride": 2},
        "v": {"offset": width * height, "row_stride": 2 * chroma, "pixel_stride": 2},
    }
    rows, columns = np.mgrid[:height, :width]
    for name in "yuv":
        plane = planes[name]
        down, right = (rows, columns) if name == "y" else (rows // 2, columns // 2)
        yield data[plane["offset"] + down * plane["row_stride"] + right * plane["pixel_stride"]]


def resize(picture, width, height):
    """Half-pixel bilinear, as float64."""
    old_height, old_width = picture.shape[:2]
    x = np.maximum((np.arange(width) + 0.5) * old_width / width - 0.5, 0)
    y = np.maximum((np.arange(height) + 0.5) * old_height / height - 0.5, 0)
    x0, y0 = x.astype(int), y.astype(int)
    x1, y1 = np.minimum(x0 + 1, old_width - 1), np.minimum(y0 + 1, old_height - 1)
    tail = (1,) * (picture.ndim - 2)
    fx, fy = (x - x0).reshape(1, -1, *tail), (y - y0).reshape(-1, 1, *tail)
    p = picture.astype(np.float64)
    top = p[y0][:, x0] * (1 - fx) + p[y0][:, x1] * fx
    return top * (1 - fy) + (p[y1][:, x0] * (1 - fx) + p[y1][:, x1] * fx) * fy


def rounded(picture):
    return np.floor(picture + 0.5).astype(np.uint8)


def bars(size, target):
    """Where a letterboxed picture lies: x, y, width, height."""
    scale = min(target[0] / size[0], target[1] / size[1])
    width, height = (max(1, int(side * scale + 0.5)) for side in size)
    return (target[0] - width) // 2, (target[1] - height) // 2, width, height


def fit(picture, width, height, letterbox):
    if letterbox is None:
        return rounded(resize(picture, width, height))
    x, y, wide, high = bars((picture.shape[1], picture.shape[0]), (width, height))
    result = np.empty((height, width, 3), np.uint8)
    result[:] = letterbox
    result[y : y + high, x : x + wide] = rounded(resize(picture, wide, high))
    return result


def turn(picture, degrees):
    for _ in range(degrees // 90):
        picture = picture[::-1].swapaxes(0, 1)
    return picture


def network_input(rgb, rotation, manifest):
    geometry, end = manifest["geometry"], manifest["model"]["input"]
    if geometry["filter"] != "skia-bilinear" or geometry.get("crop"):
        raise SystemExit("only bilinear without a crop here")
    bar = geometry.get("letterbox")
    if geometry["order"] == "rotate-resize":
        upright = turn(rgb, rotation)
        upright = upright[:, ::-1] if geometry.get("mirror") else upright
        return fit(upright, end["width"], end["height"], bar)
    lying = (end["height"], end["width"]) if rotation % 180 else (end["width"], end["height"])
    picture = turn(fit(rgb, *lying, bar), rotation)
    return picture[:, ::-1] if geometry.get("mirror") else picture


def alpha(output, post):
    planes = output[0].astype(np.float64)
    if post["activation"] == "softmax":
        powers = np.exp(planes - planes.max(axis=0))
        return (powers / powers.sum(axis=0))[post["person"]].sum(axis=0)
    if post["activation"] == "sigmoid":
        return 1 / (1 + np.exp(-planes[0]))
    if post["activation"] == "none":
        return np.clip(planes[0], 0, 1)
    raise SystemExit(f"no {post['activation']} here")


def mask(probability, upright, manifest):
    post, end, geometry = manifest["post"], manifest["model"]["input"], manifest["geometry"]
    if post["upsample"] != "float-bilinear":
        raise SystemExit(f"no {post['upsample']} here")
    values, size = probability, (end["width"], end["height"])
    if post["to"] == "input" or geometry.get("letterbox") is not None:
        values = resize(values, *size)
    if post["to"] == "frame":
        if geometry.get("letterbox") is not None:
            x, y, wide, high = bars(upright, size)
            values = values[y : y + high, x : x + wide]
        values = resize(values, *upright)
    if post["threshold"] is None:
        return rounded(255 * values)
    return np.where(values > post["threshold"], 255, 0).astype(np.uint8)


def png(picture):
    height, width = picture.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    kind = 0 if picture.ndim == 2 else 2

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def open_session(network, manifest):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    levels = {"all": "ORT_ENABLE_ALL", "basic": "ORT_ENABLE_BASIC", "extended": "ORT_ENABLE_EXTENDED"}
    level = levels[manifest["runtime"]["optimisation"]]
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    end = manifest["model"]["input"]
    options.add_free_dimension_override_by_name("height", end["height"])
    options.add_free_dimension_override_by_name("width", end["width"])
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def to_tensor(picture, rule):
    scale, mean, std = (np.float32(rule[key]) for key in ("scale", "mean", "std"))
    values = (picture.astype(np.float32) * scale - mean) / std
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype=np.float32)


def blended(upright, final, colour):
    shown = rounded(resize(upright, final.shape[1], final.shape[0])).astype(int)
    weight = final.astype(int)[..., None]
    return ((weight * shown + (255 - weight) * np.array(colour) + 127) // 255).astype(np.uint8)


def walk(raw, frame, manifest, session):
    """All steps of one frame: {key of files: (ending, bytes)}, their milliseconds, and the output's shape."""
    clock = [time.perf_counter()]
    rgb = yuv_to_rgb(*samples(np.frombuffer(raw, np.uint8), frame), manifest["yuv"])
    clock.append(time.perf_counter())
    picture = network_input(rgb, frame["rotation"], manifest)
    clock.append(time.perf_counter())
    tensor = to_tensor(picture, manifest["tensor"])
    clock.append(time.perf_counter())
    ends = manifest["model"]
    (output,) = session.run([ends["output"]["name"]], {ends["input"]["name"]: tensor})
    clock.append(time.perf_counter())
    upright = turn(rgb, frame["rotation"])
    upright = upright[:, ::-1] if manifest["geometry"].get("mirror") else upright
    final = mask(alpha(output, manifest["post"]), (upright.shape[1], upright.shape[0]), manifest)
    clock.append(time.perf_counter())
    steps = {
        "yuv": ("yuv" if frame.get("planes") else "nv21", raw),
        "rgb": ("rgb.u8", rgb.tobytes()),
        "input": ("in.u8", picture.tobytes()),
        "tensor": ("in.f32", tensor.astype("<f4").tobytes()),
        "output": ("out.f32", output.astype("<f4").tobytes()),
        "mask": ("mask.png", png(final)),
    }
    if manifest["post"].get("blend") is not None:
        steps["composite"] = ("comp.png", png(blended(upright, final, manifest["post"]["blend"])))
    names = ("yuv", "input", "tensor", "network", "mask")
    times = {name: round(1000 * (b - a), 3) for name, a, b in zip(names, clock, clock[1:], strict=False)}
    return steps, times, output.shape


def main():
    job_folder, out, device = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    job = json.loads((job_folder / "job.json").read_text())
    manifest = job["manifest"]
    network = (job_folder / job["model"]).read_bytes()
    session = open_session(network, manifest)
    out.mkdir(parents=True)
    records = []
    for index, frame in enumerate(job["frames"]):
        steps, times, shape = walk((job_folder / frame["file"]).read_bytes(), frame, manifest, session)
        files = {}
        for key, (ending, data) in steps.items():
            if key != "rgb" or job.get("keep_rgb"):
                name = f"{index:04d}.{ending}"
                (out / name).write_bytes(data)
                files[key] = {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
        record = {key: frame[key] for key in ("width", "height", "rotation", "planes") if key in frame}
        record |= {"index": index, "timestamp_ns": index * 33_333_333, "timings_ms": times, "files": files}
        records.append(record)

    soc = platform.machine()
    manifest["device"] = {"name": device, "soc": soc, "api_level": 0, "app": "phone.py", "app_version": "1"}
    manifest["runtime"] |= {"name": "onnxruntime", "version": onnxruntime.__version__, "threads": 1}
    manifest["runtime"]["providers"] = session.get_providers()
    manifest["model"]["sha256"] = hashlib.sha256(network).hexdigest()
    manifest["model"]["output"] |= dict(zip(("channels", "height", "width"), shape[1:], strict=True))
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (out / "frames.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


if __name__ == "__main__":
    main()
