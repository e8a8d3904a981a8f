//! Prints the generated candles of the reference test as CSV, for `tests/fixtures/reference.py`.

use std::io::{BufWriter, Write as _};

use testkit::RandomWalk;
use types::Interval;

fn main() -> std::io::Result<()> {
    let walk =
        RandomWalk::new(2018).interval(Interval::H1).price_cents(1_000_000).hole(5_000, 33).hole(12_000, 4);
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "open_time,open,high,low,close,volume")?;
    for candle in walk.candles(20_000) {
        let at = candle.open_time.as_ms();
        writeln!(
            out,
            "{at},{},{},{},{},{}",
            candle.open, candle.high, candle.low, candle.close, candle.volume
        )?;
    }
    out.flush()
}
