//! A market in pages of klines, written cell by cell as Binance writes them: times as numbers, amounts as text with eight decimals.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use exchanges::{Binance, CandleRequest};
use types::{CandleBatch, Interval, SeriesKey, TimeRange, Timestamp};

use crate::Failure;

const MINUTE_MS: i64 = 60_000;
/// 2022-06-01: a million minutes from here lie in three calendar years.
const START: Timestamp = Timestamp::from_ms(1_654_041_600_000);
const PAGE_ROWS: i64 = 1000;

/// Returns the series that the pages are of.
pub(crate) fn series() -> Result<SeriesKey, Failure> {
    Ok(SeriesKey { exchange: "binance".parse()?, symbol: "BTCUSDT".parse()?, interval: Interval::M1 })
}

/// Writes `rows` generated rows into `folder`, a thousand a file. The same rows every time.
pub(crate) fn generate(folder: &Path, rows: i64) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let mut walk = Walk { noise: 1, cents: 3_180_000 };
    for first in (0..rows).step_by(usize::try_from(PAGE_ROWS)?) {
        let mut body = String::from("[");
        for minute in first..rows.min(first + PAGE_ROWS) {
            if minute > first {
                body.push(',');
            }
            walk.row(START.plus_ms(minute * MINUTE_MS).as_ms(), &mut body)?;
        }
        body.push(']');
        std::fs::write(folder.join(format!("page-{:06}.json", first / PAGE_ROWS)), body)?;
    }
    Ok(())
}

/// Reads every page with the adapter's own reader and checks.
pub(crate) fn read_all(folder: &Path) -> Result<CandleBatch, Failure> {
    let key = series()?;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort_unstable();
    let TimeRange { start, end } = TimeRange::ALL;
    let request = CandleRequest { symbol: key.symbol.clone(), grid: key.interval.into(), start, end };
    let (mut candles, mut body) = (CandleBatch::default(), Vec::new());
    for path in paths {
        body.clear();
        std::fs::File::open(&path)?.read_to_end(&mut body)?;
        let page = Binance::read_page(&key.exchange, &body, &request, end)?;
        if let Some(refused) = page.refused.first() {
            return Err(format!("{}: {} at {}", path.display(), refused.reason, refused.open_time).into());
        }
        candles.extend(page.candles);
    }
    Ok(candles)
}

/// A random walk in cents, with volumes in hundred-thousandths.
struct Walk {
    noise: u64,
    cents: i64,
}

impl Walk {
    fn draw(&mut self, below: i64) -> i64 {
        self.noise =
            self.noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.noise >> 33).unwrap_or(0) % below
    }

    fn row(&mut self, open_time: i64, body: &mut String) -> Result<(), Failure> {
        let open = self.cents;
        self.cents = (open + self.draw(4001) - 2000).max(100_000);
        let close = self.cents;
        let (high, low) = (open.max(close) + self.draw(1500), open.min(close) - self.draw(1500));
        let volume = self.draw(9_000_000) + 1000;
        // What was traded, at prices between low and high; seven decimals.
        let quote_volume = volume * (low + self.draw(high - low + 1));
        let taker = volume * (30 + self.draw(40)) / 100;
        let taker_quote = quote_volume / volume * taker;
        let trades = self.draw(5000) + 1;
        write!(body, "[{open_time}")?;
        for cents in [open, high, low, close] {
            write!(body, ",\"{}.{:02}000000\"", cents / 100, cents % 100)?;
        }
        write!(body, ",\"{}.{:05}000\",{}", volume / 100_000, volume % 100_000, open_time + MINUTE_MS - 1)?;
        let seven = |value: i64| format!("\"{}.{:07}0\"", value / 10_000_000, value % 10_000_000);
        write!(body, ",{},{trades}", seven(quote_volume))?;
        write!(body, ",\"{}.{:05}000\",{},\"0\"]", taker / 100_000, taker % 100_000, seven(taker_quote))?;
        Ok(())
    }
}
