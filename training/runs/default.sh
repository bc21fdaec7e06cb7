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

# Parent, at full width, and a second helping at the final sizes; that is Quality.
$pin "$python" -m training.train --net unet --work "$work/parent" --images "$images"
$pin "$python" -m training.train --net "$work/parent/average.pt" --work "$work/quality" --images $((images / 6)) \
    --small-share 0 --muon-lr 0.008 --lr 8e-4 --warmup 3000 --composite 0.58 --seed 2

# Children: channels removed by loss per MAC, then fine-tuned on the same diet.
child() { # name, parent, million MACs, images, seed
    [ -f "$work/$1/pruned.pt" ] ||
        "$python" -m training.prune --parent "$work/$2/average.pt" --mmac "$3" --work "$work/$1"
    $pin "$python" -m training.train --net "$work/$1/pruned.pt" --work "$work/$1" --images "$4" \
        --small-share 0 --muon-lr 0.01 --lr 1e-3 --warmup 3000 --composite 0.58 --seed "$5"
}
child balanced quality 190 $((images / 5)) 3
child performance balanced 88 $((images / 5)) 4

# A second helping at a lower rate; what ships is the average of before and after, which beats either.
second() { # name, images, seed
    $pin "$python" -m training.train --net "$work/$1/average.pt" --work "$work/$1-second" --images "$2" \
        --small-share 0 --muon-lr 0.006 --lr 6e-4 --warmup 2000 --composite 0.58 --seed "$3"
    "$python" -m training.soup "$work/$1/average.pt" "$work/$1-second/average.pt" --work "$work/$1-soup"
}
second balanced $((images / 10)) 5
second performance $((images / 15)) 6
"$python" -m training.soup "$work/parent/average.pt" "$work/quality/average.pt" --work "$work/quality-soup"

for name in performance balanced quality; do
    "$python" -m training.export --work "$work/$name-soup" --name "$name" --gain 2 --recipe "$recipe" \
        --limits "$(cat training/limits.txt)"
done
"$python" -m training.bench_accuracy --work "$work/bench"
"$python" -m training.plot "$work/parent" "$work/quality" "$work/balanced" "$work/performance" --out "$work/curves.png"
