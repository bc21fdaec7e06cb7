#!/usr/bin/env bash
# From the data packs to models/: the three nets that ship. Every step goes on where it was broken off.
#   VCAM_DATA   folder of the data packs (default: ../shared/data beside the repository)
#   IMAGES      images the parent sees (default 900000: about three hours on one CPU core, minutes on a big GPU)
#   FIGURES     drawn people (default 4200: ten minutes on one core)
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
"$python" -m training.figures --count "${FIGURES:-4200}" --seed 1 --stores "$work/stores"

train() { # options of training.train
    $pin "$python" -m training.train --store "$work/stores" --composite 0.6 "$@"
}

# Parent, at full width: small pictures first, then full size. At a larger input it is Quality.
train --net unet --work "$work/parent" --images "$images"
train --net "$work/parent/average.pt" --work "$work/quality" --images $((images / 9)) --small-share 0 \
    --sizes large --muon-lr 0.006 --lr 6e-4 --warmup 3000 --seed 2

# Children: channels removed by loss per MAC, then fine-tuned on the same diet at the size they run at.
child() { # name, million MACs at 144x256, images, seed, more options of training.train
    [ -f "$work/$1/pruned.pt" ] ||
        "$python" -m training.prune --store "$work/stores" --parent "$work/parent/average.pt" --mmac "$2" \
            --work "$work/$1"
    train --net "$work/$1/pruned.pt" --work "$work/$1" --images "$3" --small-share 0 --muon-lr 0.012 --lr 1.2e-3 \
        --warmup 3000 --seed "$4" "${@:5}"
}
child balanced 108 $((images / 4)) 3 --sizes large
child performance 88 $((images / 4)) 4

for name in performance balanced quality; do
    "$python" -m training.export --store "$work/stores" --work "$work/$name" --name "$name" --gain 2 \
        --recipe "$recipe" --limits "$(cat training/limits.txt)"
done
"$python" -m training.bench_accuracy --work "$work/bench"
"$python" -m training.plot "$work/parent" "$work/quality" "$work/balanced" "$work/performance" \
    --out "$work/curves.png"
