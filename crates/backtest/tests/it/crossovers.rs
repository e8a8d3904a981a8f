//! Crossovers of moving averages trade for trade as an exact calculation finds them: closes as integers, averages as fractions that
//! are compared by multiplying across.
//!
//! On a generated market that touches often, and on every real minute in the folder that `REAL_DATA_DIR` names.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use backtest::{Flow, RunSpec, run};
use market_data::{LoadedBars, ProvenanceCounts};
use testkit::SplitMix64;
use types::{Bars, Interval, Timestamp};

use crate::runs::spec;

const PERIODS: [(usize, usize); 4] = [(10, 30), (3, 9), (7, 25), (50, 200)];
/// Decimals of the exact closes.
const DECIMALS: usize = 8;

/// Closes as they were published: the text for the engine's column, the integer for the exact calculation.
#[derive(Default)]
struct Closes {
    times: Vec<Timestamp>,
    texts: Vec<String>,
    exact: Vec<i128>,
}

impl Closes {
    fn push(&mut self, time_ms: i64, text: &str) {
        self.times.push(Timestamp::from_ms(time_ms));
        self.texts.push(text.to_owned());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        assert!(fraction.len() <= DECIMALS, "{text}");
        self.exact.push(format!("{whole}{fraction:0<DECIMALS$}").parse().expect("digits"));
    }

    fn bars(&self) -> LoadedBars {
        let close: Vec<f64> = self.texts.iter().map(|text| text.parse().expect("a number")).collect();
        let volume = vec![1.0; close.len()];
        let columns = [close.clone(), close.clone(), close.clone(), close, volume];
        let bars = Bars::new(Interval::M1, self.times.clone(), columns).expect("a series");
        let provenance = ProvenanceCounts { imported: bars.len() as u64, ..ProvenanceCounts::default() };
        LoadedBars { bars, provenance }
    }

    /// Bars at whose close the sign of (fast − slow) became another, with the sign; and the bars at which the averages were equal. A
    /// sign of zero is none: the one before it stays.
    fn crossovers(&self, fast: usize, slow: usize) -> (Vec<(usize, bool)>, usize) {
        let mut sums = [0_i128; 2];
        let (mut side, mut found, mut touches) = (None, Vec::new(), 0);
        for (bar, close) in self.exact.iter().enumerate() {
            for (sum, period) in sums.iter_mut().zip([fast, slow]) {
                *sum += close - bar.checked_sub(period).map_or(0, |old| self.exact[old]);
            }
            if bar + 1 < fast.max(slow) {
                continue;
            }
            // fast sum ÷ fast count − slow sum ÷ slow count has the sign of this.
            let difference = sums[0] * slow as i128 - sums[1] * fast as i128;
            if difference == 0 {
                touches += 1;
            } else {
                let is_above = difference > 0;
                if side.replace(is_above).is_some_and(|before| before != is_above) {
                    found.push((bar, is_above));
                }
            }
        }
        (found, touches)
    }

    /// Entry and exit times: an order decided at the close of a bar fills at the open of the next one.
    fn trades(&self, crossovers: &[(usize, bool)]) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut trades = Vec::new();
        let mut entry = None;
        for (bar, is_above) in crossovers {
            let Some(next) = self.times.get(bar + 1) else { continue };
            if *is_above {
                entry = Some(*next);
            } else if let Some(entry) = entry.take() {
                trades.push((entry, Some(*next)));
            }
        }
        trades.extend(entry.map(|entry| (entry, None)));
        trades
    }
}

/// Runs the engine over the closes and compares every trade; returns how often averages touched and how many trades closed.
fn compare(name: &str, closes: &Closes, (fast, slow): (usize, usize)) -> (usize, usize) {
    let period = |period: usize| i64::try_from(period).expect("small");
    // Without costs, so that no long series ends without money.
    let spec = RunSpec {
        commission: types::Rate::ZERO,
        slippage: types::Rate::ZERO,
        ..spec("sma_crossover", &[("fast_period", period(fast)), ("slow_period", period(slow))])
    };
    let result = run(&spec, &closes.bars(), &mut |_| Flow::Continue).expect("a run");
    let mut found: Vec<(Timestamp, Option<Timestamp>)> =
        result.trades.iter().map(|row| (row.trade.entry_time, Some(row.trade.exit_time))).collect();
    found.extend(result.open_position.as_ref().map(|position| (position.entry_time, None)));
    let (crossovers, touches) = closes.crossovers(fast, slow);
    let expected = closes.trades(&crossovers);
    for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "{name}, {fast}/{slow}: trade {number}");
    }
    assert_eq!(found.len(), expected.len(), "{name}, {fast}/{slow}");
    (touches, result.trades.len())
}

#[test]
fn a_generated_market_that_touches_often() {
    let mut random = SplitMix64::new(8);
    let mut ticks = 167_038;
    let mut closes = Closes::default();
    for minute in 0..100_000 {
        ticks += random.between(-1, 1);
        closes.push(minute * 60_000, &format!("{}.{}", ticks / 10, ticks % 10));
    }
    for periods in PERIODS {
        let (touches, trades) = compare("generated", &closes, periods);
        assert!(touches > 20 && trades > 100, "{periods:?}: {touches} touches, {trades} trades");
    }
}

#[test]
fn every_real_minute_there_is() {
    #[expect(clippy::print_stderr, reason = "the run shall say what it used and what it left out")]
    let say = |text: String| eprintln!("{text}");
    let Some(folder) = std::env::var_os("REAL_DATA_DIR") else {
        return say("REAL_DATA_DIR is not set: crossovers on real minutes were not checked".into());
    };
    let markets = minutes(&Path::new(&folder).join("candles"));
    assert!(!markets.is_empty(), "no minutes below {}", folder.display());
    for (name, closes) in markets {
        for periods in PERIODS {
            let (touches, trades) = compare(&name, &closes, periods);
            let bars = closes.times.len();
            say(format!(
                "{name}: {bars} minutes, {periods:?}: {trades} trades, {touches} touches, all equal"
            ));
        }
    }
}

/// Reads every file of minutes; files of one market are one series.
fn minutes(folder: &Path) -> BTreeMap<String, Closes> {
    let mut files: Vec<PathBuf> = [folder.to_owned(), folder.join("as-published")]
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .collect();
    // Names end with the month or day: their order is that of time.
    files.sort();
    let mut markets: BTreeMap<String, Closes> = BTreeMap::new();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        let Some((market, _)) = name.split_once("-1m-") else { continue };
        let bytes = std::fs::read(&file).expect("a file");
        let mut text = String::new();
        if file.extension().is_some_and(|extension| extension == "gz") {
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).expect("gzip");
        } else {
            text = String::from_utf8(bytes).expect("text");
        }
        let closes = markets.entry(market.to_owned()).or_default();
        for line in text.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            // A header has no number there.
            if let Ok(time_ms) = cells[0].parse() {
                closes.push(time_ms, cells[4]);
            }
        }
    }
    markets
}
