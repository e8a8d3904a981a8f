//! How the whole house writes numbers, amounts, dates and durations: pages, charts, reports and the command line alike.
//!
//! | what | function | example |
//! |---|---|---|
//! | a price | [`price`] | `64,123.46`, `0.00001050` |
//! | an amount of a currency | [`amount`], [`amount_in`], [`signed_amount`] | `10,234.57`, `0.00004078 BTC` |
//! | a quantity | [`quantity`] | `0.15582304`, `952,380,952.38` |
//! | a share | [`percent`], [`change`], [`rate`] | `12.34 %`, `+1,940.85 %`, `0.05 %` |
//! | a plain number | [`ratio`], [`number`], [`significant`] | `1.15` |
//! | a number for a machine | [`plain`] | `0.00000011515755` |
//! | a count | [`count`], [`counted`], [`bytes`] | `72,569`, `1 gap`, `1.2 MB` |
//! | a label of an axis | [`axis_amount`], [`axis_percent`], [`amount_short`] | `1.25M`, `-25 %` |
//! | a time, UTC | [`date`], [`minute`], [`date_time`], [`time`] | `2024-01-31 10:00` |
//! | a span of time | [`duration`], [`duration_of_days`] | `1 min 5 s`, `4.8 years` |
//!
//! Rules: thousands are grouped; a value that is not zero is never written as zero where it is a price, an amount or a quantity; a
//! value that rounds to zero has no sign; what is undefined is [`NOT_AVAILABLE`]. Prices follow the tick and amounts the precision of
//! their currency; where neither is known or where it would swallow the value, enough digits are shown to tell it apart.
//!
//! This is for readers. Documents and tables for machines (JSON, CSV) hold the exact decimal without grouping instead.

mod axis;
mod money;
mod number;
mod time;

pub use axis::{amount_short, axis_amount, axis_percent};
pub use money::{amount, amount_in, price, quantity, signed_amount};
pub use number::{
    Number, bytes, change, count, counted, number, percent, plain, rate, ratio, signed, significant, tone,
};
pub use time::{date, date_time, duration, duration_of_days, minute, time};

/// What stands in for a figure that is undefined.
pub const NOT_AVAILABLE: &str = "n/a";
