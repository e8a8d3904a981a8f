//! "Did you mean": the nearest known word.

/// Words longer than this are nobody's slip of the pen; comparing them would only cost time.
const LONGEST: usize = 64;

/// More words than this are not searched: a suggestion is a courtesy.
const MOST: usize = 1000;

/// Returns the known word nearest to `found`, or `None` when nothing is near enough to be a slip.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if found.len() > LONGEST {
        return None;
    }
    let folded = fold(found);
    let limit = (folded.chars().count() / 3).max(1);
    known
        .into_iter()
        .take(MOST)
        .filter_map(|word| {
            let candidate = fold(word);
            let distance = strsim::damerau_levenshtein(&folded, &candidate);
            // A stem counts as near: `fast` for `fast_period`, `fee_commission` for `commission`.
            let is_part = folded.len().min(candidate.len()) >= 3
                && (candidate.contains(&folded) || folded.contains(&candidate));
            (distance <= limit || is_part).then_some((distance, word))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, word)| word)
}

/// Folds case and the kind of separator: `FastPeriod` and `fast-period` are `fast_period` misspelt.
fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_leaves_strangers_alone() {
        let known = ["fast_period", "slow_period", "symbols", "interval"];
        for (found, expected) in [
            ("fast_perod", Some("fast_period")),
            ("fastPeriod", Some("fast_period")),
            ("fast", Some("fast_period")),
            ("symbol", Some("symbols")),
            ("intreval", Some("interval")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, known), expected, "{found}");
        }
        assert_eq!(nearest(&"a".repeat(100_000), known), None);
    }
}
