//! When an exchange is to be asked for its order rules again: once on every day of its own clock.
//!
//! It asks for the time and nothing else. The rules themselves are [`Exchange::instruments`], and keeping them is the caller's.

use exchanges::{Exchange, Priority};
use types::Timestamp;

use crate::observer::IngestError;

/// When an exchange's order rules are to be recorded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotDue {
    /// Now; what the exchange says belongs to this day.
    Now {
        /// The day, 00:00 UTC.
        day: Timestamp,
    },
    /// When the exchange's clock shows this.
    At(Timestamp),
}

/// Says whether the order rules are due, given the last day on which they were recorded.
///
/// The exchange is asked for its time, so that a wrong clock of ours names no wrong day; afterwards [`Exchange::clock`] is right, and
/// waiting by it until the time named leads here again. A day already recorded that the exchange has yet to reach is waited for:
/// recorded days only go forward.
///
/// # Errors
/// [`IngestError::Exchange`] when the exchange does not tell its time.
pub async fn snapshot_due(
    exchange: &dyn Exchange,
    last_day: Option<Timestamp>,
) -> Result<SnapshotDue, IngestError> {
    let now = exchange.prioritised(Priority::Repair).server_time().await?;
    Ok(due(now, last_day))
}

fn due(now: Timestamp, last_day: Option<Timestamp>) -> SnapshotDue {
    let today = now.floor_day();
    match last_day {
        Some(last) if last >= today => SnapshotDue::At(last.floor_day().plus_ms(Timestamp::DAY_MS)),
        _ => SnapshotDue::Now { day: today },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_due_once() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = |text| SnapshotDue::Now { day: at(text) };
        for (time, last, expected) in [
            ("2024-03-01 00:00:00", None, now("2024-03-01")),
            ("2024-03-01 23:59:59", None, now("2024-03-01")),
            ("2024-03-01 23:59:59", Some("2024-02-20"), now("2024-03-01")),
            ("2024-03-01 00:00:00", Some("2024-02-29"), now("2024-03-01")),
            ("2024-03-01 00:00:00", Some("2024-03-01"), SnapshotDue::At(at("2024-03-02"))),
            ("2024-03-01 23:59:59", Some("2024-03-01"), SnapshotDue::At(at("2024-03-02"))),
            ("2024-03-01 12:00:00", Some("2024-03-05"), SnapshotDue::At(at("2024-03-06"))),
        ] {
            assert_eq!(due(at(time), last.map(at)), expected, "{time} after {last:?}");
        }
    }
}
