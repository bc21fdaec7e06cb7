#!/usr/bin/env bash
# Learned gates against simple criteria at equal MACs, on PIDNet and on the U-net, all fine-tuned alike: docs/zoo.md,
# section 3. PYTHON, PIN, WORK as in pidnet.sh, whose dense net is the first parent; the second is the committed one.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-.venv/bin/python}
pin=${PIN:-}
work=${WORK:-.cache/training/zoo}

gates() { # name, parent, images, options: scores learnt, and left alone
    [ -f "$work/$1/pruned.pt" ] ||
        $pin "$python" -m training.zoo.gates --parent "$2" --work "$work/$1" "${@:4}"
    tuned "$1" "$3"
}
simple() { # name, parent, images, options
    [ -f "$work/$1/pruned.pt" ] ||
        "$python" -m training.prune_ratio --parent "$2" --work "$work/$1" "${@:4}"
    tuned "$1" "$3"
}
rows=()
tuned() { # name, images
    $pin "$python" -m training.zoo.train --net "$work/$1/pruned.pt" --work "$work/$1" --images "$2" \
        --warmup 800 --small-share 0.75 --ema 0.99 --lr 1e-3 --muon-lr 0.01 --seed 7
    rows+=("$1=$work/$1/average.pt")
}

pidnet=$work/pidnet/average.pt
gates e-pid-gates "$pidnet" 3200 --mmac 70.5 --steps 60
gates e-pid-still "$pidnet" 3200 --mmac 70.5 --steps 60 --score-lr 0
simple e-pid-l2 "$pidnet" 3200 --ratio 0.4
simple e-pid-l2b "$pidnet" 5312 --ratio 0.4
simple e-pid-macl2 "$pidnet" 3200 --mmac 70.5

unet=${UNET:-training/checkpoints/parent.pt}  # docs/zoo.md: an earlier stage of it, 466,912 images
gates e-unet-gates "$unet" 8000 --mmac 101.4 --steps 100
gates e-unet-still "$unet" 8000 --mmac 101.4 --steps 100 --score-lr 0
simple e-unet-l2 "$unet" 8000 --ratio 0.36
simple e-unet-macl2 "$unet" 8000 --mmac 106

"$python" -m training.zoo.measure --no-int8 --work "$work/table-gates" "${rows[@]}"
