#!/usr/bin/env bash
# The first page's weight over the network: fails when the compressed wasm and its JavaScript exceed the budget.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

budget=515000
pkg="$target/site/pkg"
total=0
for file in crypto.wasm crypto.js crypto.css; do
    size="$(stat -c %s "$pkg/$file.br" 2>/dev/null || stat -c %s "$pkg/$file")"
    printf '%-12s %9s bytes compressed\n' "$file" "$size"
    total=$((total + size))
done
printf '%-12s %9s bytes of at most %s\n' total "$total" "$budget"
[ "$total" -le "$budget" ] || die "the first page is $((total - budget)) bytes over its budget; make something lazy or smaller"
