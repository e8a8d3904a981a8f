//! Every crate in the graph has a licence that `deny.toml` allows, and none of the banned ones is there.
//!
//! The same list that cargo-deny reads, without cargo-deny: it is not everywhere, the rule is.

use crate::tree;

#[test]
fn every_dependency_has_an_allowed_licence() {
    let allowed = quoted_after("allow = [");
    assert!(allowed.iter().any(|licence| licence == "MIT"), "deny.toml lists licences: {allowed:?}");
    let mut offences = Vec::new();
    for package in &tree::metadata().packages {
        let expression = package.license.as_deref().unwrap_or("none stated");
        if !is_allowed(expression, &allowed) {
            offences.push(format!("{} {}: {expression}", package.name, package.version));
        }
    }
    tree::expect_none("find another crate, or have the licence discussed and listed in deny.toml", &offences);
}

#[test]
fn no_banned_crate_is_in_the_graph() {
    let text = tree::text("deny.toml".as_ref()).unwrap();
    let banned: Vec<&str> =
        text.lines().filter_map(|line| line.trim().strip_prefix("{ name = \"")?.split('"').next()).collect();
    assert!(!banned.is_empty(), "deny.toml bans some crates");
    let offences: Vec<String> = tree::metadata()
        .packages
        .iter()
        .filter(|package| banned.contains(&package.name.as_str()))
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    tree::expect_none("choose features that leave these out (reasons in deny.toml)", &offences);
}

/// The quoted words of a list in deny.toml.
fn quoted_after(opening: &str) -> Vec<String> {
    let text = tree::text("deny.toml".as_ref()).expect("deny.toml is there");
    let list =
        text.split_once(opening).expect("deny.toml has the list").1.split_once("\n]").expect("it ends").0;
    list.lines()
        .filter_map(|line| Some(line.trim().strip_prefix('"')?.split('"').next()?.to_owned()))
        .collect()
}

/// Whether an SPDX expression can be satisfied with the allowed licences. `/` is the old way to write OR.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let verdict = alternatives(&tokens, &mut at, allowed);
    verdict && at == tokens.len()
}

fn alternatives(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut verdict = conjunction(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        verdict |= conjunction(tokens, at, allowed);
    }
    verdict
}

fn conjunction(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut verdict = licence(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        verdict &= licence(tokens, at, allowed);
    }
    verdict
}

fn licence(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(token) = tokens.get(*at) else { return false };
    *at += 1;
    if *token == "(" {
        let verdict = alternatives(tokens, at, allowed);
        *at += 1;
        return verdict;
    }
    let mut name = (*token).to_owned();
    if tokens.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", tokens.get(*at + 1).copied().unwrap_or_default());
        *at += 2;
    }
    allowed.contains(&name)
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for (expression, verdict) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT/GPL-3.0-only", true),
        ("GPL-3.0-only AND MIT", false),
        ("(MIT OR GPL-3.0-only) AND Unicode-3.0", true),
        ("GPL-3.0-only OR (MIT AND Unicode-3.0)", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ("none stated", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), verdict, "{expression}");
    }
}
