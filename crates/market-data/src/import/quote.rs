//! Whether a quote volume can be: what was paid for a volume lies between its value at the low and at the high.

use rust_decimal::Decimal;
use types::Candle;

/// What prices and amounts may be off by, beside their last digits.
const TOLERANCE: f64 = 1e-3;

/// What a quote volume says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteVolume {
    /// Nothing, or what can be.
    Fits,
    /// Less than the volume is worth at the low.
    TooSmall,
    /// More than it is worth at the high.
    TooLarge,
}

/// Judges the quote volume of a candle whose prices and volume are in order.
pub(super) fn judge(candle: &Candle) -> QuoteVolume {
    let Some(quote) = candle.quote_volume else { return QuoteVolume::Fits };
    let (paid, volume) = (float(quote), float(candle.volume));
    let (low, high) = (float(candle.low), float(candle.high));
    if (low * volume * (1.0 - TOLERANCE)..=high * volume * (1.0 + TOLERANCE)).contains(&paid) {
        return QuoteVolume::Fits;
    }
    // Each number may have been rounded at its last digit.
    let last_digit =
        |value: Decimal| if value.is_zero() && value.scale() == 0 { 0.0 } else { 0.5 / power_of_ten(value) };
    let (volume_off, quote_off) = (last_digit(candle.volume), last_digit(quote));
    let smallest =
        (low - last_digit(candle.low)) * (volume - volume_off).max(0.0) * (1.0 - TOLERANCE) - quote_off;
    let largest = (high + last_digit(candle.high)) * (volume + volume_off) * (1.0 + TOLERANCE) + quote_off;
    if paid < smallest {
        QuoteVolume::TooSmall
    } else if paid > largest {
        QuoteVolume::TooLarge
    } else {
        QuoteVolume::Fits
    }
}

/// Returns about the value. Every candle with a quote volume comes through here, so it is quicker than exact.
#[expect(clippy::cast_precision_loss, reason = "about the value is what is asked for")]
fn float(value: Decimal) -> f64 {
    const TWO_TO_64: f64 = (1_u128 << 64) as f64;
    let parts = value.unpack();
    let digits = u64::from(parts.mid) << 32 | u64::from(parts.lo);
    let sign = if parts.negative { -1.0 } else { 1.0 };
    sign * (f64::from(parts.hi) * TWO_TO_64 + digits as f64) / power_of_ten(value)
}

fn power_of_ten(value: Decimal) -> f64 {
    const POWERS: [f64; 29] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28,
    ];
    POWERS.get(value.scale() as usize).copied().unwrap_or(1e28)
}

/// Watches the first rows for a quote volume that is the same in each of them and cannot be: nothing, or more than was paid. It stands
/// for 'not known', which is how some tools fill the column.
#[derive(Debug, Default)]
pub(super) struct FillerWatch {
    rows: u64,
    /// The value of all rows so far, as long as there is only one.
    only: Option<Decimal>,
    varies: bool,
    /// Whether it cannot be in some row.
    is_wrong: bool,
}

impl FillerWatch {
    pub(super) fn see(&mut self, candle: &Candle) {
        let Some(quote) = candle.quote_volume else { return };
        self.rows += 1;
        self.varies |= self.only.replace(quote).is_some_and(|only| only != quote);
        self.is_wrong |= match judge(candle) {
            QuoteVolume::Fits => false,
            QuoteVolume::TooSmall => quote.is_zero(),
            QuoteVolume::TooLarge => true,
        };
    }

    /// Returns the value that says nothing, if there is one.
    pub(super) fn filler(&self) -> Option<Decimal> {
        self.only.filter(|_| self.rows > 1 && !self.varies && self.is_wrong)
    }
}

#[cfg(test)]
mod tests {
    use types::Timestamp;

    use super::*;

    fn candle(volume: &str, quote: &str) -> Candle {
        let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
        Candle {
            open_time: Timestamp::EPOCH,
            open: decimal("42000.00"),
            high: decimal("42500.00"),
            low: decimal("41500.00"),
            close: decimal("42100.00"),
            volume: decimal(volume),
            quote_volume: Some(decimal(quote)),
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    #[test]
    fn what_was_paid_lies_between_low_and_high() {
        for (volume, quote, verdict) in [
            ("10.00000", "420000", QuoteVolume::Fits),
            ("10.00000", "415000.00", QuoteVolume::Fits),
            ("10.00000", "425000.00", QuoteVolume::Fits),
            ("10.00000", "414000.00", QuoteVolume::TooSmall),
            ("10.00000", "426000.00", QuoteVolume::TooLarge),
            ("10.00000", "10", QuoteVolume::TooSmall),
            ("0", "0", QuoteVolume::Fits),
            ("0.00000", "1000", QuoteVolume::TooLarge),
            // A volume that was rounded to a thousandth.
            ("0.001", "60.1", QuoteVolume::Fits),
        ] {
            assert_eq!(judge(&candle(volume, quote)), verdict, "{volume} {quote}");
        }
        assert_eq!(judge(&Candle { quote_volume: None, ..candle("1", "1") }), QuoteVolume::Fits);
    }

    #[test]
    fn one_impossible_value_in_every_row_is_a_filler() {
        let filler = |rows: &[(&str, &str)]| {
            let mut watch = FillerWatch::default();
            for (volume, quote) in rows {
                watch.see(&candle(volume, quote));
            }
            watch.filler()
        };
        assert_eq!(filler(&[("10.000", "0"), ("20.000", "0")]), Some(Decimal::ZERO));
        assert_eq!(filler(&[("10.000", "9999999"), ("20.000", "9999999")]), Some(Decimal::from(9_999_999)));
        for rows in [
            &[("10.000", "9999999")][..],
            &[("10.000", "9999999"), ("20.000", "8888888")],
            &[("10.000", "420000"), ("10.000", "420000")],
            &[("10.000", "1"), ("20.000", "1")],
            &[("0", "0"), ("0", "0")],
        ] {
            assert_eq!(filler(rows), None, "{rows:?}");
        }
    }
}
