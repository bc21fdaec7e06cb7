#!/usr/bin/env bash
# From the data packs to models/: the three nets that ship. Every step goes on where it was broken off.
#   VCAM_DATA   folder of the data packs (default: ../shared/data beside the repository)
#   IMAGES      images the parent sees (default 900000: about three hours on one CPU core, minutes on a big GPU)
#   FIGURES     drawn people (default 8400: twenty minutes on one core)
#   PYTHON      interpreter with the train extra
#   PEER        interpreter with mediapipe, for the map of passers-by (make train sets it up)
#   PIN         prefix for the training step, e.g. "taskset -c 1"
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-.venv/bin/python}
peer=${PEER:-.cache/mediapipe/bin/python}
pin=${PIN:-}
images=${IMAGES:-900000}
work=${WORK:-.cache/training}
recipe=training/runs/default.sh

# What no photograph of the packs shows: who may be a passer-by, and people drawn from all sides.
"$python" -m training.bystanders --work "$work/bystanders" --mediapipe-python "$peer"
"$python" -m training.guide --work "$work/stores/guide" --mediapipe-python "$peer"
"$python" -m training.figures --count "${FIGURES:-8400}" --seed 1 --stores "$work/stores"

train() { # options of training.train; the teachers look at every picture, and the end of each run is calm
    $pin "$python" -m training.train --store "$work/stores" --composite 0.6 --guide 1 --hint 2 --calm 0.3 "$@"
}

ship() { # name: from its run's average to models/
    "$python" -m training.export --store "$work/stores" --work "$work/$1" --name "$1" --gain 2 --lift 0.25 \
        --recipe "$recipe" --limits "$(cat training/limits.txt)"
}

# What people do from frame to frame: two fifths of the batches are pairs of frames whose mattes must agree.
pairs=(--steady 0.4 --pairs 0.4)

# Parent, at full width: small pictures first, then full size. At a larger input it is Quality.
train --net unet --work "$work/parent" --images "$images"
train --net "$work/parent/average.pt" --work "$work/quality" --images $((images / 9)) --small-share 0 \
    --sizes finest --muon-lr 0.006 --lr 6e-4 --warmup 3000 --seed 2 "${pairs[@]}"
ship quality

# Balanced: channels removed by loss per MAC, then trained for as long as the parent, at the size it runs at; Quality
# teaches it, too.
[ -f "$work/balanced/pruned.pt" ] ||
    "$python" -m training.prune --store "$work/stores" --parent "$work/parent/average.pt" --mmac 108 \
        --work "$work/balanced"
train --net "$work/balanced/pruned.pt" --work "$work/balanced" --images "$images" --small-share 0 --sizes largest \
    --muon-lr 0.012 --lr 1.2e-3 --warmup 6000 --seed 3 "${pairs[@]}" --guide 2 --mentor models/quality.onnx

# Performance: the same net at fewer pixels.
train --net "$work/balanced/average.pt" --work "$work/performance" --images $((images / 18)) --small-share 0 \
    --sizes full --muon-lr 0.006 --lr 6e-4 --warmup 2000 --seed 4 "${pairs[@]}" --guide 2 --mentor models/quality.onnx
ship balanced
ship performance
"$python" -m training.bench_accuracy --work "$work/bench"
"$python" -m training.plot "$work/parent" "$work/quality" "$work/balanced" "$work/performance" \
    --out "$work/curves.png"
