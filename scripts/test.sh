#!/usr/bin/env bash
# Every check there is, or only the stages named as arguments. Installs what is missing, runs all stages even when one
# fails, and closes with one line of totals. REAL_DATA_DIR names a folder of real market data; without it the tests that
# want some say so and pass.
#
#   scripts/test.sh                     everything
#   scripts/test.sh format lint         only these stages (names below)
#   ARGS='…' scripts/test.sh browser    arguments for Playwright
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

stages=(format lint wasm-lint cargo-test clients bundle browser)
wasm_crates=(types config indicators metrics engine strategies)
logs="$(mktemp -d "${TMPDIR:-/tmp}/crypto-test.XXXXXX")"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"

stage_format() { cargo fmt --all --check; }

# `frontend` is for wasm only: with it in one build, `app` would get the features of both halves.
stage_lint() { cargo clippy --workspace --exclude frontend --all-targets -- -D warnings; }

stage_wasm_lint() {
    local packages=() crate
    for crate in "${wasm_crates[@]}"; do packages+=(--package "$crate"); done
    scripts/wasm-cargo.sh check --target wasm32-unknown-unknown "${packages[@]}"
    WASM_WITH_CLIPPY=1 scripts/wasm-cargo.sh clippy --target wasm32-unknown-unknown \
        --package app --package frontend --features app/hydrate -- -D warnings
}

stage_cargo_test() { cargo test --workspace --exclude frontend --no-fail-fast; }

# The binary that the stages below drive; the same selection as cargo-test, so that features and artefacts agree.
build_server() { cargo build --workspace --exclude frontend --bins; }

stage_clients() { build_server && CRYPTO_BIN="$target/debug/crypto" scripts/check-clients.sh; }

stage_bundle() { scripts/bundle.sh && scripts/site-size.sh; }

stage_browser() {
    build_server
    cd end2end
    # shellcheck disable=SC2086 # ARGS holds several words
    CRYPTO_BIN="$target/debug/crypto" CRYPTO_SITE="$target/site" PLAYWRIGHT_JSON_OUTPUT_NAME="$logs/browser.json" \
        node_modules/.bin/playwright test ${ARGS:-}
}

# What a stage needs beyond the compiler.
prepare() {
    case "$1" in
    format | lint) ;;
    wasm-lint) scripts/wasm-toolchain.sh --with-clippy ;;
    cargo-test)
        scripts/postgres.sh check >/dev/null 2>&1 || apt_install "the storage tests run on PostgreSQL too" postgresql
        scripts/redis.sh check >/dev/null 2>&1 || apt_install "the shared budget is tested on Redis" redis-server
        need_node
        npm_install "$repo/scripts/timescale"
        ;;
    clients)
        python3 -c 'import venv, ensurepip' 2>/dev/null ||
            apt_install "ccxt and python-binance test the exchange simulator" python3 python3-venv
        scripts/check-clients.sh --install
        ;;
    bundle) need_node && npm_install "$repo" && scripts/wasm-toolchain.sh ;;
    browser)
        need_node
        npm_install "$repo/end2end"
        [ -n "${CHROMIUM:-}" ] || has chromium || apt_install "the browser tests drive Chromium" chromium
        ;;
    esac
}

# count_of STAGE: "passed failed", read from what the stage printed.
count_of() {
    case "$1" in
    cargo-test)
        awk '/^test result:/ { passed += $4; failed += $6 } END { print passed + 0, failed + 0 }' "$logs/$1.log"
        ;;
    browser)
        [ ! -s "$logs/browser.json" ] && echo "0 0" || node -e '
            const { stats } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
            console.log(stats.expected, stats.unexpected + stats.flaky)' "$logs/browser.json"
        ;;
    *)
        # A script that counts says so in a line of its own: "N passed, N failed".
        awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 } END { print passed + 0, failed + 0 }' "$logs/$1.log"
        ;;
    esac
}

# why_of STAGE: what a broken stage complained about, short enough to stand at the end of a long log.
why_of() {
    case "$1" in
    cargo-test) grep -aE -A4 "^test .* FAILED$|^thread '.*' .*panicked|^error" "$logs/$1.log" | tail -n 60 || true ;;
    browser)
        [ ! -s "$logs/browser.json" ] && tail -n 20 "$logs/$1.log" || node -e '
            const visit = (suite) => {
                for (const { title, tests } of suite.specs ?? [])
                    for (const { projectName, results } of tests)
                        for (const { status, errors } of results.filter((result) => result.status !== "passed"))
                            console.log(`${projectName}: ${title}: ${status}\n${errors.map((error) => error.message).join("\n")}\n`);
                for (const inner of suite.suites ?? []) visit(inner);
            };
            visit(JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")));' "$logs/browser.json" | head -n 60
        ;;
    *) tail -n 20 "$logs/$1.log" ;;
    esac
}

wanted=("$@")
[ "${#wanted[@]}" -gt 0 ] || wanted=("${stages[@]}")
for stage in "${wanted[@]}"; do
    [[ " ${stages[*]} " == *" $stage "* ]] || die "unknown stage '$stage'; there are: ${stages[*]}"
done

need_rust
say "Preparing"
for stage in "${wanted[@]}"; do prepare "$stage"; done

passed=0 failed=0 broken=() details=() begin=$SECONDS
for stage in "${wanted[@]}"; do
    say "Stage $stage"
    stage_begin=$SECONDS status=0
    # In a subshell that stops at the first error (not in an `if` or `||`, where bash would ignore errexit).
    set +e
    (
        set -e
        "stage_${stage//-/_}"
        : >"$logs/$stage.ok"
    ) 2>&1 | tee "$logs/$stage.log"
    set -e
    [ -e "$logs/$stage.ok" ] || status=1
    read -r stage_passed stage_failed <<<"$(count_of "$stage")" || true
    passed=$((passed + ${stage_passed:-0})) failed=$((failed + ${stage_failed:-0}))
    [ "${stage_passed:-0}" -eq 0 ] || details+=("$stage $stage_passed")
    if [ "$status" -ne 0 ]; then
        broken+=("$stage")
        # A stage that breaks without counting is one failure.
        [ "${stage_failed:-0}" -gt 0 ] || failed=$((failed + 1))
    fi
    say "Stage $stage: $([ "$status" -eq 0 ] && echo ok || echo FAILED) in $((SECONDS - stage_begin)) s"
done

for stage in "${broken[@]}"; do
    say "What $stage complained about"
    why_of "$stage"
done
real="without real market data (REAL_DATA_DIR is not set)"
[ -z "${REAL_DATA_DIR:-}" ] || real="with the real market data of REAL_DATA_DIR"
say "Ran $real, in $(((SECONDS - begin) / 60)) min $(((SECONDS - begin) % 60)) s"
[ "${#details[@]}" -eq 0 ] || say "Passed: $(printf '%s, ' "${details[@]}" | sed 's/, $//')"
[ "${#broken[@]}" -eq 0 ] || say "Failed: ${broken[*]} (logs in $logs)"
echo "$passed passed, $failed failed"
if [ "${#broken[@]}" -gt 0 ]; then
    exit 1
fi
rm -rf "$logs"
