#!/usr/bin/env bash
# PIDNet for persons, dense, then pruned by channels or parameters, fine-tuned, exported. Goes on where it was left.
#   IMAGES, TUNE   images for the dense net and for each fine-tuning (docs/zoo.md says what was used)
#   PYTHON, PIN    interpreter with the train extra; prefix for training, e.g. "nice -n 19 taskset -c 0"
# The rows of docs/zoo.md were trained on pictures as commit a70e121 invents them: check that out to repeat them.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-.venv/bin/python}
pin=${PIN:-}
work=${WORK:-.cache/training/zoo}
images=${IMAGES:-480000}
tune=${TUNE:-160000}

$pin "$python" -m training.zoo.train --net pidnet --work "$work/pidnet" --images "$images" \
    --warmup 3000 --small-share 0.9 --ema 0.995 --lr 3e-3

rows=(dense="$work/pidnet/average.pt")
pruned() { # name, how
    name=$1
    shift
    [ -f "$work/$name/pruned.pt" ] ||
        "$python" -m training.prune_ratio --parent "$work/pidnet/average.pt" --work "$work/$name" "$@"
    $pin "$python" -m training.zoo.train --net "$work/$name/pruned.pt" --work "$work/$name" --images "$tune" \
        --warmup 1600 --small-share 0.7 --ema 0.99 --lr 1.5e-3 --muon-lr 0.01 --seed 2
    rows+=("$name=$work/$name/average.pt")
}
pruned minus40 --ratio 0.4
pruned minus50 --ratio 0.5
pruned params40 --remove 0.4
pruned params50 --remove 0.5
pruned fpgm40 --ratio 0.4 --criterion fpgm
pruned macl2 --mmac 70.5

"$python" -m training.zoo.ship --work "$work/macl2" --name pidnet-pruned --title "PIDNet, pruned" \
    --precision int8 --seen-before "$images" \
    --limits "$(cat training/zoo/pidnet-limits.txt)"
"$python" -m training.zoo.measure --work "$work/table" "${rows[@]}"
