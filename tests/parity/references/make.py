"""Make the golden traces again: make.py [--only DEVICE …] [--models FILE.onnx …] [--networks NAME …].

For each network: drawn frames and a job for the phone; the phone on ARM64 (cortex-a53, cortex-a76; qemu-user)
and on WebAssembly (node); one zip each in tests/parity/golden. And what Skia makes of a drawing, and libyuv
of every luma.

Networks: tiny.onnx and tiny-int8.onnx beside the goldens, and those given (default: those of models/ with a
card of quality "balanced" or family "pidnet"), each in both precisions: the other one is made here.
Needs Debian's qemu-user-static, debootstrap and debian-archive-keyring, node and npm, Chromium ($CHROMIUM, or
chromium), and this project's dev environment. Nothing here imports vcam.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import drawing
import numpy as np
import precisions
import tiny_models

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
GOLDEN = HERE.parent / "golden"
# What the Linux of such a core tells onnxruntime, which picks its kernels by it: the part, and its features.
CORES = {
    "cortex-a53": ("0xd03", "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid"),
    "cortex-a76": (
        "0xd0b",
        "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp",
    ),
}
IMAGENET = {"scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
FRAME = (160, 120)

# What differs from network to network, so that together they walk through the contract.
VARIANTS = (
    {"yuv": "libyuv-full", "order": "rotate-resize", "rotation": 90, "to": "frame", "letterbox": None},
    {"yuv": "renderscript", "order": "resize-rotate", "rotation": 270, "to": "input", "letterbox": [0, 0, 0]},
    {"yuv": "libyuv-limited", "order": "rotate-resize", "rotation": 0, "to": "frame", "letterbox": [9, 9, 9]},
    {"yuv": "libyuv-full", "order": "resize-rotate", "rotation": 180, "to": "frame", "letterbox": None},
)


def main() -> None:
    arguments = _arguments()
    cache = arguments.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    GOLDEN.mkdir(exist_ok=True)
    tiny_models.make(GOLDEN)
    jobs = cache / "jobs"
    jobs.mkdir(exist_ok=True)
    shutil.rmtree(jobs)
    for number, (name, build) in enumerate(_networks(arguments.models, cache)):
        if not arguments.networks or name in arguments.networks:
            build(jobs / name, VARIANTS[number % len(VARIANTS)])
    if "skia" in arguments.only:
        _skia(cache)
    if "libyuv" in arguments.only:
        _libyuv()
    for job in sorted(jobs.iterdir()):
        if "wasm" in arguments.only:
            _wasm(cache, job)
        for core in CORES:
            if core in arguments.only:
                _arm64(cache, job, core)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "parity")
    parser.add_argument("--only", nargs="+", default=["skia", "libyuv", "wasm", *CORES])
    parser.add_argument("--models", nargs="*", type=Path, default=None)
    parser.add_argument("--networks", nargs="*", default=(), help="only these, by name")
    return parser.parse_args()


def _networks(given, cache):
    """Yield (name, builder) for each network and precision."""
    for precision in ("fp32", "int8"):
        file = GOLDEN / ("tiny.onnx" if precision == "fp32" else "tiny-int8.onnx")
        card = {
            "input": {"name": "image", "sizes": [[64, 80]], **IMAGENET},
            "output": {"name": "logits"},
            "activation": "softmax",
            "person": [1],
        }
        yield file.stem, _builder(file, precision, card)
    for file in _shipped() if given is None else given:
        card = json.loads(file.with_suffix(".json").read_text())
        logits = card["output"].get("channels", 1) > 1
        card["activation"] = (
            "softmax" if logits else ("sigmoid" if card["output"]["meaning"] == "logit" else "none")
        )
        card["person"] = [1] if logits else [0]
        yield file.stem, _builder(file, card["precision"], card)
        other = "fp32" if card["precision"] == "int8" else "int8"
        twin = _twin(file, other, card, cache)
        yield twin.stem, _builder(twin, other, card)


def _shipped():
    for card in sorted((ROOT / "models").glob("*.json")):
        about = json.loads(card.read_text())
        if about.get("quality") == "balanced" or about.get("family") == "pidnet":
            yield card.with_suffix(".onnx")


def _twin(file: Path, precision: str, card, cache: Path) -> Path:
    """Make the other precision. int8 depends on the calibrating machine, so it is kept beside the goldens."""
    if precision == "fp32":
        twin = cache / f"{file.stem}-fp32.onnx"
        precisions.to_fp32(file, twin)
        return twin
    twin = GOLDEN / f"{file.stem}-int8.onnx"
    height, width = card["input"]["sizes"][0]
    mean, std = (np.array(card["input"][key]) for key in ("mean", "std"))
    precisions.quantise(file, twin, tiny_models.Drawings(card["input"]["name"], width, height, mean, std))
    return twin


def _builder(file: Path, precision: str, card):
    def build(folder: Path, variant) -> None:
        folder.mkdir(parents=True)
        shutil.copyfile(file, folder / file.name)
        height, width = card["input"]["sizes"][0]
        network = {
            "name": file.stem,
            "sha256": "",
            "precision": precision,
            "input": _end(card["input"]["name"], width, height, 3),
            "output": _end(card["output"]["name"], width, height, 1),
        }
        if precision == "int8":
            network["step"] = precisions.step(file)
        manifest = {
            "schema": 1,
            "device": {},
            "runtime": {"optimisation": "all"},
            "model": network,
            "tensor": {"channels": "RGB", **{key: card["input"][key] for key in ("scale", "mean", "std")}},
            "yuv": variant["yuv"],
            "geometry": {
                "filter": "skia-bilinear",
                "order": variant["order"],
                "mirror": variant["rotation"] == 270,
                "crop": None,
                "letterbox": variant["letterbox"],
            },
            "post": {
                "activation": card["activation"],
                "person": card["person"],
                "smoothing": 0,
                "upsample": "float-bilinear",
                "to": variant["to"],
                "threshold": None if variant["rotation"] == 180 else 0.5,
                "blend": [0, 177, 64],
            },
        }
        job = {
            "manifest": manifest,
            "model": file.name,
            "keep_rgb": file.stem == "tiny",
            "frames": _frames(folder, variant),
        }
        (folder / "job.json").write_text(json.dumps(job, indent=2))

    return build


def _end(name, width, height, channels):
    ends = {"layout": "NCHW", "dtype": "float32", "width": width, "height": height, "channels": channels}
    return {"name": name, **ends}


def _frames(folder: Path, variant):
    """Draw one frame, lying as the sensor has it; the limited-range ones come as padded YUV_420_888."""
    rotation = variant["rotation"]
    upright = FRAME if rotation % 180 == 0 else FRAME[::-1]
    sensor = np.rot90(drawing.person(*upright, 0.04), rotation // 90)
    height, width = sensor.shape[:2]
    full = variant["yuv"] == "libyuv-full"
    data = drawing.nv21(sensor, full)
    frame = {"file": "0000.raw", "width": width, "height": height, "rotation": rotation}
    if not full:
        data, frame["planes"] = drawing.planar(data, width, height, 16)
    (folder / frame["file"]).write_bytes(data)
    return [frame]


def _arm64(cache: Path, job: Path, core: str) -> None:
    _call([HERE / "arm64_setup.sh", cache], PYTHON=sys.executable)
    tree = cache / "arm64"
    part, features = CORES[core]
    lines = (
        f"processor\t: {number}\nBogoMIPS\t: 100.00\nFeatures\t: {features}\nCPU implementer\t: 0x41\n"
        f"CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: {part}\nCPU revision\t: 4\n\n"
        for number in range(2)
    )
    (tree / "proc" / "cpuinfo").write_text("".join(lines))
    python = tree / "usr/bin/python3.11"
    command = ["qemu-aarch64-static", "-cpu", core, "-L", tree, python, HERE / "phone.py"]
    _trace(command, job, f"arm64-{core}", PYTHONPATH=cache / "arm64-site", PYTHONDONTWRITEBYTECODE="1")


def _wasm(cache: Path, job: Path) -> None:
    package = cache / "web" / "node_modules" / "onnxruntime-web"
    if not package.exists():
        _call(["npm", "install", "--no-audit", "--no-fund", "--prefix", cache / "web", "onnxruntime-web"])
    _trace(["node", HERE / "phone.mjs"], job, "wasm", ONNXRUNTIME_WEB=package)


def _skia(cache: Path) -> None:
    python = cache / "skia" / "bin" / "python"
    if not python.exists():
        _call([sys.executable, "-m", "venv", cache / "skia"])
        _call([python, "-m", "pip", "install", "--quiet", "skia-python", "numpy"])
    _call([python, HERE / "skia_resize.py", GOLDEN / "skia.npz"])


def _libyuv() -> None:
    browser = os.environ.get("CHROMIUM", "chromium")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom"]
    page = (HERE / "libyuv.html").as_uri()
    done = subprocess.run([browser, *options, page], check=True, capture_output=True, text=True, timeout=120)
    text = re.search(r'<pre id="result">(.+?)</pre>', done.stdout, re.DOTALL)
    if text is None:
        raise SystemExit(f"got no result from {browser} != wanted one; is it older than version 127?")
    result = json.loads(text[1])
    shape = (len(result["pairs"]), 256, 3)
    arrays = {
        name: np.frombuffer(base64.b64decode(result[name]), np.uint8).reshape(shape)
        for name in ("full", "limited")
    }
    np.savez_compressed(
        GOLDEN / "libyuv.npz",
        agent=np.array(result["agent"]),
        pairs=np.array(result["pairs"], np.uint8),
        **arrays,
    )


def _trace(command, job: Path, device: str, **environment) -> None:
    """Run a phone on a job and pack what it leaves, with fixed dates: the same run has the same bytes."""
    out = job.with_name(f"{job.name}.{device}")
    _call([*command, job, out, device], **environment)
    target = GOLDEN / f"{job.name}.{device}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(out.iterdir()):
            info = zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, file.read_bytes())
    shutil.rmtree(out)
    print(f"{target.name}: {target.stat().st_size} bytes", flush=True)


def _call(command, **environment) -> None:
    values = {name: str(value) for name, value in environment.items()}
    subprocess.run([str(part) for part in command], check=True, env=os.environ | values)


if __name__ == "__main__":
    main()
