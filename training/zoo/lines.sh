#!/usr/bin/env bash
# Structured Hoyer-Square on PP-MobileSeg's attention: a short fine-tune with and without the penalty, then the
# shortest lines are silenced. PARENT is a trained net; PYTHON, PIN, WORK as in pidnet.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-.venv/bin/python}
pin=${PIN:-}
work=${WORK:-.cache/training/zoo}
parent=${PARENT:-$work/pp-x8/average.pt}

rows=(before="$parent")
for weight in 0 30; do
    $pin "$python" -m training.zoo.train --net "$parent" --work "$work/pp-lines$weight" --hoyer "$weight" \
        --images 1920 --warmup 192 --small-share 1 --ema 0.9 --lr 1e-2 --muon-lr 0.01 --seed 5
    rows+=("penalty$weight=$work/pp-lines$weight/average.pt")
done
"$python" -m training.zoo.lines --work "$work/lines" "${rows[@]}"
