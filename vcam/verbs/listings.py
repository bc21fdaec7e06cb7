"""`vcam cameras` and `vcam models`."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict

from vcam.adapters.cameras import list_cameras
from vcam.adapters.model_card import list_cards
from vcam.phrases import printable
from vcam.resources import MODELS


def show_cameras(*, as_json: bool) -> int:
    """Print the cameras there are; return 0, or 1 where there is none."""
    cameras = list_cameras()
    if as_json:
        print(json.dumps([asdict(camera) for camera in cameras], indent=2, ensure_ascii=False))
    elif cameras:
        for camera in cameras:
            source = shlex.quote(f"camera:{camera.identity}")
            print(printable(f"{camera.name}\n    --source {source}   {camera.path}"))
    else:
        sys.stderr.write("There is no camera. Plug one in; `vcam doctor` tells more.\n")
    return 0 if cameras else 1


def show_models(*, as_json: bool) -> int:
    """Print the networks there are; return 0, or 1 where there is none."""
    cards = list_cards(MODELS)
    if as_json:
        rows = [
            {
                "name": card.name,
                "quality": card.quality,
                "file": card.file.name,
                "sizes": [str(size) for size in card.input.sizes],
            }
            for card in cards
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    elif cards:
        print(f"{'NAME':24} {'QUALITY':14} SIZES OF ITS PICTURES")
        for card in cards:
            sizes = ", ".join(str(size) for size in card.input.sizes)
            print(f"{card.name:24} {card.quality or 'by name only':14} {sizes}")
    else:
        sys.stderr.write(f"There is no network in {MODELS}. Install the app anew.\n")
    return 0 if cards else 1
