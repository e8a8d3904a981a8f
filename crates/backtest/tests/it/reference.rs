//! The engine against `fixtures/reference.py`, which computes the same backtest from the written definitions alone.
//!
//! `reference-generated.json` belongs to the candles of `examples/reference_candles.rs`; `reference-btcusdt-1h.json` to real candles
//! that are not part of the project and read from the folder that `REAL_DATA_DIR` names.

use std::path::Path;

use backtest::{Flow, RunResult, load, run};
use market_data::import::{self, ImportOptions};
use market_data::{CandleStore as _, Lake, LoadedBars, ProvenanceCounts};
use testkit::RandomWalk;
use tokio_util::sync::CancellationToken;
use types::{Interval, Timestamp};

use crate::runs::spec;

fn check(result: &RunResult, reference: &str) {
    let reference: serde_json::Value = serde_json::from_str(reference).expect("a reference");
    let number = |name: &str| reference[name].as_f64().expect("a number");
    assert_eq!(result.data.bars, reference["bars"].as_u64().expect("a count"));
    assert_eq!(result.metrics.trades, reference["trades"].as_u64().expect("a count"));
    assert_eq!(result.open_position.is_some(), reference["open_position"].as_bool().expect("a flag"));
    let closed = types::Money::sum(result.trades.iter().map(|row| row.trade.profit)).expect("fits");
    let found = [
        ("final_equity", result.final_equity()),
        ("fees", result.account.fees.to_f64()),
        ("net_closed_profit", closed.to_f64()),
        ("max_drawdown", result.metrics.max_drawdown.expect("defined")),
        ("sharpe", result.metrics.sharpe.expect("defined")),
        ("sortino", result.metrics.sortino.expect("defined")),
        ("cagr", result.metrics.cagr.expect("defined")),
    ];
    for (name, found) in found {
        let expected = number(name);
        let difference = (found - expected).abs() / expected.abs();
        assert!(difference <= 1e-9, "{name}: {found} instead of {expected}, off by {difference:e}");
    }
    let account = &result.account;
    let moves = [account.initial_cash, -account.bought, account.sold, -account.fees];
    assert_eq!(types::Money::sum(moves), Ok(account.cash));
}

#[test]
fn generated_candles_agree_with_the_independent_calculation() {
    let walk =
        RandomWalk::new(2018).interval(Interval::H1).price_cents(1_000_000).hole(5_000, 33).hole(12_000, 4);
    let bars = walk.bars(20_000);
    let provenance = ProvenanceCounts { synthetic: bars.len() as u64, ..ProvenanceCounts::default() };
    let spec = spec("sma_crossover", &[("fast_period", 10), ("slow_period", 30)]);
    let data = LoadedBars { bars, provenance };
    let result = run(&spec, &data, &mut |_| Flow::Continue).expect("a run");
    check(&result, include_str!("../fixtures/reference-generated.json"));
}

#[tokio::test]
async fn real_candles_agree_with_the_independent_calculation() {
    let Some(folder) = std::env::var_os("REAL_DATA_DIR") else {
        #[expect(clippy::print_stderr, reason = "the run shall say what it left out")]
        {
            eprintln!("REAL_DATA_DIR is not set: the reference on real candles was not checked");
        }
        return;
    };
    let file = Path::new(&folder).join("candles/spot-BTCUSDT-1h-merged.csv.gz");
    let lake_folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(lake_folder.path()).expect("a lake");
    let mut spec = spec("sma_crossover", &[("fast_period", 10), ("slow_period", 30)]);
    spec.start = Timestamp::from_ymd(2018, 1, 1);
    spec.end = Timestamp::from_ymd(2024, 1, 1);
    let now = Timestamp::from_ymd(2026, 1, 1).expect("a day");
    let cancel = CancellationToken::new();
    let report = import::run(&[file], &spec.series, &lake, ImportOptions::at(now), &|_| {}, &cancel)
        .await
        .expect("an import");
    assert_eq!(report.stored.added, 72_569);
    let gaps = lake.gaps(&spec.series).await.expect("gaps");
    assert_eq!((gaps.len(), gaps.iter().map(|gap| gap.missing).sum::<u64>()), (28, 128));
    let data = load(&lake, &spec).await.expect("bars");
    let result = run(&spec, &data, &mut |_| Flow::Continue).expect("a run");
    check(&result, include_str!("../fixtures/reference-btcusdt-1h.json"));
}
