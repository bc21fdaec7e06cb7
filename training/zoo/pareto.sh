#!/usr/bin/env bash
# Four families from nothing on equal images, one recipe; accuracy against measured time: docs/zoo-pareto.png.
# IMAGES, PYTHON, PIN, WORK as in pidnet.sh, whose dense net is taken if it is there. docs/zoo.md says what was used.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-.venv/bin/python}
pin=${PIN:-}
work=${WORK:-.cache/training/zoo}
images=${IMAGES:-480000}

rows=()
trained() { # design, folder
    $pin "$python" -m training.zoo.train --net "$1" --work "$work/$2" --images "$images" \
        --warmup 3000 --small-share 0.9 --ema 0.995 --lr 3e-3
    rows+=("$1=$work/$2/average.pt")
}
trained pidnet pidnet
trained deeplabv3plus deeplab
trained unet unet-40k
trained unet-slim unet-slim-40k
trained pp-mobileseg-x8 pp-x8
for size in 128x224 176x304 192x192; do
    rows+=("unet-slim@$size=$work/unet-slim-40k/average.pt@$size")
done

"$python" -m training.zoo.measure --work "$work/table-pareto" "${rows[@]}"
"$python" -m training.zoo.pareto --out docs/zoo-pareto.png "$work/table-pareto/zoo.json"
