#!/usr/bin/env bash
# From the data packs to models/: the three nets that ship. Every step goes on where it was broken off.
#   VCAM_DATA   folder of the data packs (default: ../shared/data beside the repository)
#   IMAGES      images the parent sees (default 480000: about an hour on one CPU core, a minute or two on a big GPU)
#   PYTHON      interpreter with the train extra
#   PIN         prefix for the training step, e.g. "taskset -c 1"
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-.venv/bin/python}
pin=${PIN:-}
images=${IMAGES:-480000}
work=${WORK:-.cache/training}
recipe=training/runs/default.sh

# Parent, at full width; becomes Quality.
$pin "$python" -m training.train --net unet --work "$work/parent" --images "$images"

# Children: channels removed by loss per MAC, then fine-tuned on the parent's own diet.
child() { # name, million MACs, images
    [ -f "$work/$1/pruned.pt" ] ||
        "$python" -m training.prune --parent "$work/parent/average.pt" --mmac "$2" --work "$work/$1"
    $pin "$python" -m training.train --net "$work/$1/pruned.pt" --work "$work/$1" --images "$3" \
        --small-share 0 --muon-lr 0.01 --lr 1e-3 --warmup 3000
}
child balanced 190 $((images / 4))
child performance 75 $((images / 3))

for name in performance balanced quality; do
    folder=$work/$([ "$name" = quality ] && echo parent || echo "$name")
    "$python" -m training.export --work "$folder" --name "$name" --recipe "$recipe" --limits "$(cat training/limits.txt)"
done
"$python" -m training.bench_accuracy --work "$work/bench"
"$python" -m training.plot "$work/parent" "$work/balanced" "$work/performance" --out "$work/curves.png"
