//! A result in a sentence.

use super::RunView;
use crate::format;

/// The kind of strategy that the others are measured against.
pub const BENCHMARK: &str = "buy_and_hold";

/// Returns what a run brought, beside what holding would have: `Lost 4.01 %; buy and hold gained 1,940.85 %.`
pub fn verdict(run: &RunView) -> String {
    // A benchmark is not measured against itself.
    let hold = run.market_return.value.filter(|_| run.strategy != BENCHMARK);
    verdict_of(run.total_return.value, hold)
}

/// Returns the same from the two returns, as fractions.
pub fn verdict_of(total: Option<f64>, hold: Option<f64>) -> String {
    let Some(total) = total else { return "There is no return to judge.".to_owned() };
    let own = outcome(total);
    let (first, rest) = own.split_at(1);
    let own = first.to_uppercase() + rest;
    hold.map_or_else(|| format!("{own}."), |hold| format!("{own}; buy and hold {}.", outcome(hold)))
}

fn outcome(value: f64) -> String {
    let size = format::percent(value.abs());
    match value {
        _ if size == format::percent(0.0) => "broke even".to_owned(),
        value if value < 0.0 => format!("lost {size}"),
        _ => format!("gained {size}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::tests::run;

    #[test]
    fn a_result_is_a_sentence() {
        let said = |total, market| {
            let mut run = run("a");
            (run.total_return.value, run.market_return.value) = (total, market);
            verdict(&run)
        };
        assert_eq!(said(Some(-0.0401), Some(19.4085)), "Lost 4.01 %; buy and hold gained 1,940.85 %.");
        assert_eq!(said(Some(0.5), Some(-0.000_001)), "Gained 50.00 %; buy and hold broke even.");
        assert_eq!(said(Some(0.0), None), "Broke even.");
        assert_eq!(said(None, Some(0.1)), "There is no return to judge.");
        let mut benchmark = run("hold");
        benchmark.strategy = BENCHMARK.into();
        (benchmark.total_return.value, benchmark.market_return.value) = (Some(0.1), Some(0.11));
        assert_eq!(verdict(&benchmark), "Gained 10.00 %.");
    }
}
