#!/bin/sh
# The whole cycle on pictures that the project draws itself: scan, train, evaluate, classify, correct, retrain.
# Usage: demo.sh BIN, the folder with the built program. Everything is written to the folder `demo`.
set -eu

program="${1:-.build/release}/catsvsdogs"
folder="${DEMO_FOLDER:-demo}"
shipped="$(dirname "$0")/Models/cats-vs-dogs.safetensors"

. "$(dirname "$0")/../demo-steps.sh"

step "1. Draw 1,200 cats and dogs, some files with something wrong"
show "$program" sample "$folder/photos" --count 1200 --flaws
show "$program" sample "$folder/new" --count 200 --first 50000
show "$program" sample "$folder/others" --count 0 --neither 160
show "$program" sample "$folder/strange" --count 0 --neither 40 --first 50000

step "2. Scan: what is in the folder, and what is wrong with it"
# 2 says that something is wrong, which it is.
show "$program" scan "$folder/photos" --html "$folder/scan.html" --show 3 --quiet || [ $? -eq 2 ]

step "3. Train from scratch"
show "$program" train "$folder/photos" --network small --size 64 --time 90s --epochs 100 \
    --others "$folder/others" --run "$folder/run" --store "$folder/models"

step "4. Evaluate on pictures it has never seen"
show "$program" evaluate "$folder/models" "$folder/new" --neither "$folder/strange" --html "$folder/evaluation.html"

step "5. Classify with the model just trained"
show "$program" classify --model "$folder/models" "$folder/new/cat.50000.jpg" "$folder/new/dog.50001.jpg" \
    "$folder/strange/neither.50000.jpg" "$folder/strange/neither.50001.jpg" --explain "$folder/explained"

step "6. Classify with the shipped model, trained on photos"
if [ -e "$shipped" ]; then
    show "$program" classify "$folder/new/cat.50000.jpg" "$folder/new/dog.50001.jpg" || true
    echo "(These are drawings, and the shipped model knows photos: give it one of yours.)"
else
    echo "There is no shipped model in this copy ($shipped); left out."
fi

step "7. Correct: a person looks at answers and writes down what is right"
# The names of drawings say what they show; a person would write this file by hand.
show "$program" sample "$folder/fresh" --count 80 --first 90000
for file in "$folder"/fresh/*; do
    name="$(basename "$file")"
    echo "fresh/$name,${name%%.*}"
done > "$folder/corrections.csv"
echo "wrote $folder/corrections.csv, $(wc -l < "$folder/corrections.csv") lines"

step "8. Retrain: learn from the corrections, promote only if no worse"
# 2 says that the new model was worse and the old one stays, which is an answer too.
show "$program" retrain --corrections "$folder/corrections.csv" --store "$folder/models" --epochs 4 || [ $? -eq 2 ]

step "9. The versions"
show "$program" models list --store "$folder/models"

step "Done"
echo "To read in a browser:"
for page in "$folder/scan.html" "$folder/run/report.html" "$folder/evaluation.html" "$folder"/models/runs/*/report.html; do
    [ -e "$page" ] && echo "  $page"
done
echo "To throw it all away: rm -r $folder"
