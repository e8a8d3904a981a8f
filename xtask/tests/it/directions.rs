//! Who may depend on whom, read from cargo's own graph rather than from a picture.
//!
//! The table is the law: an edge that it does not list is forbidden. Adding one is a design decision; it wants a line
//! in ARCHITECTURE.md in the same change.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Package};

use crate::tree;

/// The crates that compile for the browser.
const WASM: [&str; 6] = ["types", "config", "indicators", "metrics", "engine", "strategies"];

/// What each crate may depend on, from nouns to shells.
const ALLOWED: [(&str, &[&str]); 19] = [
    ("types", &[]),
    ("config", &["types"]),
    ("indicators", &["types"]),
    ("metrics", &["types"]),
    ("engine", &["types", "config"]),
    ("strategies", &["engine", "indicators", "config", "types"]),
    ("market-data", &["config", "types", "engine"]),
    ("store", &["config", "types", "engine"]),
    ("exchanges", &["config", "types", "engine"]),
    // A venue of its own: it speaks the wire protocol of an exchange and matches orders, but knows no strategy.
    ("exchange-sim", &["types", "engine"]),
    // Where what exchanges tell meets what is stored.
    ("ingest", &["exchanges", "market-data", "types"]),
    ("backtest", &["engine", "strategies", "market-data", "metrics", "config", "types", "indicators"]),
    ("reports", &["metrics", "types"]),
    ("testkit", &["types", "config", "engine", "market-data", "store", "exchanges", "exchange-sim"]),
    ("app", &WASM),
    ("frontend", &["app"]),
    ("server", &["*"]),
    ("xtask", &[]),
    ("learning", &["engine", "indicators", "types"]),
];

/// Crates that must not be reached, however indirectly, in a build for the browser, and why.
const UNREACHABLE: [(&[&str], &[&str], &str); 2] = [
    (
        &WASM,
        &["tokio", "mio", "polars", "sqlx", "reqwest", "axum", "hyper", "rand", "getrandom"],
        "the core is pure: no runtime, no storage, no network, no ambient randomness",
    ),
    (
        &["app", "frontend"],
        &["tokio", "mio", "polars", "sqlx", "reqwest", "axum", "hyper", "plotters"],
        "the browser reaches data only through the server",
    ),
];

/// What the UI must not reach on the server either.
const UNREACHABLE_UNDER_SSR: [&str; 6] =
    ["polars", "sqlx", "libsqlite3-sys", "reqwest", "plotters", "argon2"];

#[test]
fn every_edge_between_our_crates_is_allowed() {
    let metadata = tree::metadata();
    let ours: BTreeSet<&str> =
        metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let law: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let mut offences = Vec::new();
    for package in metadata.workspace_packages() {
        match law.get(package.name.as_str()) {
            Some(allowed) => offences.extend(
                shipped_dependencies(package)
                    .filter(|name| ours.contains(name))
                    .filter_map(|name| judge(&package.name, name, allowed)),
            ),
            None => offences.push(format!("{} has no row in the table of allowed edges", package.name)),
        }
    }
    tree::expect_none("a crate depends on what the table allows (see ARCHITECTURE.md, Direction)", &offences);
}

/// What is wrong with the edge, if anything.
fn judge(from: &str, to: &str, allowed: &[&str]) -> Option<String> {
    let anything = allowed == ["*"] && to != "testkit" && to != "xtask";
    if anything || allowed.contains(&to) {
        return None;
    }
    let rule = if allowed.is_empty() { "no crate of ours".to_owned() } else { allowed.join(", ") };
    Some(format!("{from} -> {to} is forbidden; {from} may depend on: {rule}"))
}

#[test]
fn a_forbidden_edge_is_named_with_its_rule() {
    assert_eq!(judge("reports", "metrics", &["metrics", "types"]), None);
    assert_eq!(
        judge("reports", "store", &["metrics", "types"]).unwrap(),
        "reports -> store is forbidden; reports may depend on: metrics, types"
    );
    assert!(judge("server", "store", &["*"]).is_none());
    assert!(judge("server", "testkit", &["*"]).is_some());
}

#[test]
fn a_crate_reached_indirectly_is_found() {
    let offences = reached("store", &["libsqlite3-sys"], &[], "an example");
    assert!(offences[0].contains("store reaches libsqlite3-sys (an example)"), "{offences:?}");
    assert!(offences[0].contains("sqlx"), "{offences:?}");
}

#[test]
fn the_table_itself_has_no_cycle() {
    // Rows stand in an order in which each crate is allowed only what stands above it, the shells aside.
    let mut offences = Vec::new();
    let order: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    for (row, (name, allowed)) in ALLOWED.iter().enumerate().filter(|(_, (_, allowed))| **allowed != ["*"]) {
        for below in
            allowed.iter().filter(|other| order.iter().position(|known| known == *other) >= Some(row))
        {
            offences.push(format!("{name} -> {below}"));
        }
    }
    tree::expect_none("each row may name only rows above it", &offences);
}

#[test]
fn testkit_never_ships() {
    let mut offences = Vec::new();
    for package in tree::metadata().workspace_packages() {
        offences.extend(
            shipped_dependencies(package)
                .filter(|name| *name == "testkit")
                .map(|name| format!("{} -> {name}", package.name)),
        );
    }
    tree::expect_none("testkit belongs into [dev-dependencies]", &offences);
}

#[test]
fn the_browser_half_reaches_nothing_it_must_not() {
    let mut offences = Vec::new();
    for (crates, banned, why) in UNREACHABLE {
        for name in crates {
            offences.extend(reached(name, banned, &["--target", "wasm32-unknown-unknown"], why));
        }
    }
    tree::expect_none("cut one edge of each of these", &offences);
}

#[test]
fn the_ui_reaches_storage_only_through_its_services_trait() {
    let why = "the UI reaches data only through its Services trait";
    tree::expect_none(
        "cut one edge of each of these",
        &reached("app", &UNREACHABLE_UNDER_SSR, &["--features", "ssr"], why),
    );
}

/// One line for each banned crate that a package pulls in, with the edges that lead to it. `cargo tree` resolves the
/// features of this package alone, which `cargo metadata` cannot.
fn reached(package: &str, banned: &[&str], options: &[&str], why: &str) -> Vec<String> {
    let listing = cargo_tree(package, &[options, &["--prefix", "none", "--format", "{p}"]].concat());
    let names: BTreeSet<&str> = listing.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(package), "cargo tree lists the package itself: {listing}");
    let found = banned.iter().filter(|target| names.contains(*target));
    found
        .map(|target| {
            let edges = cargo_tree(
                package,
                &[options, &["--invert", target, "--prefix", "none", "--format", "{p}"]].concat(),
            );
            let chain: Vec<&str> = edges.lines().filter_map(|line| line.split(' ').next()).collect();
            format!("{package} reaches {target} ({why}); from {target} upwards: {}", chain.join(", "))
        })
        .collect()
}

fn cargo_tree(package: &str, options: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--edges", "normal"])
        .args(options)
        .current_dir(tree::repo())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo tree prints UTF-8")
}

/// The names of what a package ships with: normal and build dependencies.
fn shipped_dependencies(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
}
