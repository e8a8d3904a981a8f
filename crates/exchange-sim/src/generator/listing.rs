//! What is listed on the generated market, and how each symbol behaves.

use types::{Grid, Interval, Symbol, Timestamp};

use crate::generator::regime::FIRST_DAY;

/// A symbol of the generated market.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The pair: `BTCUSDT`.
    pub symbol: Symbol,
    /// What is bought and sold.
    pub base: String,
    /// What is paid.
    pub quote: String,
    /// Its first day of trading (UTC), in days since the epoch. There are no candles before, and three-day candles are counted from it.
    pub first_day: i64,
    /// Price at the start of history (quote per base); long swings return towards it.
    pub start_price: f64,
    /// How strongly it follows the market as a whole: 1 is in step.
    pub beta: f64,
    /// Standard deviation of its own daily returns, on top of the market's: 0.02 is 2 %.
    pub own_volatility: f64,
    /// Base currency traded on an ordinary day.
    pub daily_volume: f64,
    /// Quote currency in an ordinary trade.
    pub trade_size: f64,
    /// Share of minutes without any trade, 0 to 1.
    pub idle_share: f64,
}

impl Listing {
    /// The start of the generated history: 2020-01-01.
    pub const FIRST_DAY: i64 = FIRST_DAY;

    /// Returns where candles of an interval open.
    pub(crate) fn grid(&self, interval: Interval) -> Grid {
        Grid::from(interval).or_from(Timestamp::from_ms(self.first_day * Timestamp::DAY_MS))
    }
}

/// 2020-08-11, when Binance listed SOLUSDT.
const SOL_LISTED: i64 = 18_485;

/// Intervals the generated market serves: all but `1s`, since a minute is the finest thing it generates.
pub(crate) const INTERVALS: &[Interval] = Interval::ALL.split_at(1).1;

/// Returns the symbols of the demo market.
pub fn default_listings() -> Vec<Listing> {
    // symbol, base, start price, beta, own volatility, daily volume, trade size, idle share
    let rows = [
        ("BTCUSDT", "BTC", 9_200.0, 1.0, 0.008, 32_000.0, 1_400.0, 0.0),
        ("ETHUSDT", "ETH", 410.0, 1.15, 0.016, 420_000.0, 1_100.0, 0.0),
        ("BNBUSDT", "BNB", 64.0, 0.9, 0.020, 700_000.0, 600.0, 0.002),
        ("SOLUSDT", "SOL", 38.0, 1.35, 0.030, 3_200_000.0, 500.0, 0.004),
    ];
    rows.into_iter()
        .filter_map(
            |(symbol, base, start_price, beta, own_volatility, daily_volume, trade_size, idle_share)| {
                Some(Listing {
                    symbol: symbol.parse().ok()?,
                    base: base.to_owned(),
                    quote: "USDT".to_owned(),
                    first_day: if base == "SOL" { SOL_LISTED } else { FIRST_DAY },
                    start_price,
                    beta,
                    own_volatility,
                    daily_volume,
                    trade_size,
                    idle_share,
                })
            },
        )
        .collect()
}
