#!/bin/sh
# A shop's whole cycle on events that the project makes up: import, train, suggest, buy, suggest again, drift, retrain, compare.
# Usage: demo.sh BIN, the folder with the built program. Everything is written to the folder `demo-shop`.
set -eu

program="${1:-.build/release}/recommender"
folder="${DEMO_FOLDER:-demo-shop}"

. "$(dirname "$0")/../demo-steps.sh"
shop="--store $folder/shop.db --models $folder/models"
# Without the sequence model, which takes minutes to learn; leave the option out to have it too.
members="neighbors,als,sessions,content,popularity,resurfacing"

step "1. Make up a shop: 2,000 users, 800 items, 120 days; on day 90 the tastes of many change"
show "$program" simulate "$folder/data" --users 2000 --items 800 --days 120 --drift-day 90 --to-day 90

step "2. Import its log and its items, and look at them"
show "$program" import "$folder/data/events-0-90.csv" --store "$folder/shop.db"
show "$program" import "$folder/data/items-0-90.jsonl" --store "$folder/shop.db"
show "$program" stats --store "$folder/shop.db" --html "$folder/stats.html"

step "3. Train"
# shellcheck disable=SC2086
show "$program" train $shop --members "$members"

user="$(cut -d, -f8 "$folder/data/events-0-90.csv" | sed -n 2p)"
step "4. Suggest, for user $user, and say why"
# shellcheck disable=SC2086
show "$program" suggest "$user" $shop --k 5 --explain
# shellcheck disable=SC2086
show "$program" suggest "$user" $shop --k 3 --filter 'price < 20 and stock > 0'
# shellcheck disable=SC2086
show "$program" suggest "somebody new" $shop --k 3

step "5. The user buys the first suggestion: the next suggestions are others, without a retrain"
# shellcheck disable=SC2086
bought="$("$program" suggest "$user" $shop --k 1 --json | sed -n 's/.*"item" : "\(.*\)".*/\1/p' | head -n 1)"
printf 'user,item,kind,time\n%s,%s,purchase,2024-04-01 12:00:00\n' "$user" "$bought" > "$folder/purchase.csv"
show "$program" import "$folder/purchase.csv" --store "$folder/shop.db"
# shellcheck disable=SC2086
show "$program" suggest "$user" $shop --k 5

step "6. Tastes drift, thirty days pass"
show "$program" simulate "$folder/data" --users 2000 --items 800 --days 120 --drift-day 90 --from-day 90 --to-day 120
show "$program" import "$folder/data/events-90-120.csv" --store "$folder/shop.db"
show "$program" import "$folder/data/items-90-120.jsonl" --store "$folder/shop.db"

step "7. Retrain: in service only if not worse on the newest events"
# shellcheck disable=SC2086
show "$program" retrain $shop --members "$members" || [ $? -eq 2 ]

step "8. The versions"
show "$program" models list --models "$folder/models"

step "Done"
echo "To read in a browser: $folder/stats.html"
echo "To throw it all away: rm -r $folder"
