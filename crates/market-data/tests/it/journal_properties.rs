//! A lake with journals and one without them do the same, whatever is done to both.

use market_data::{CandleStore, JournalPolicy, Lake, SeriesSummary, Take};
use proptest::prelude::*;
use rust_decimal::Decimal;
use types::{Candle, Interval, Provenance, SeriesKey, TimeRange};

use crate::support::{all, at, candle, key};

/// Hours of which half lie in the old year and half in the new one.
const HOURS: i64 = 48;

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<Candle>, Provenance),
    Compact,
    Reopen,
}

prop_compose! {
    /// Few open times and few values, so that rows meet: the same, other ones, with more or less said, with many decimals.
    fn any_candle()(
        hour in 0..HOURS, seed in 0_i64..3, is_bare in any::<bool>(), is_wide in 0..5,
    ) -> Candle {
        let mut candle = candle(at("2023-12-31").plus_ms(hour * 3_600_000), seed);
        if is_wide == 0 {
            candle.volume += Decimal::new(1, 18);
        }
        if is_bare {
            (candle.quote_volume, candle.trades, candle.taker_buy_quote) = (None, None, None);
        }
        candle
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let append = |rows| {
        (proptest::collection::vec(any_candle(), rows), 0..Provenance::ALL.len())
            .prop_map(|(rows, source)| Step::Append(rows, Provenance::ALL[source]))
    };
    prop_oneof![8 => append(1..4), 2 => append(4..40), 1 => Just(Step::Compact), 1 => Just(Step::Reopen)]
}

fn any_policy() -> impl Strategy<Value = JournalPolicy> {
    (0_u64..20, 0_usize..40, 0_u64..40).prop_map(|(from_rows, small_rows, fold_rows)| JournalPolicy {
        from_rows,
        small_rows,
        fold_rows,
    })
}

fn without_size(summary: Option<SeriesSummary>) -> Option<SeriesSummary> {
    summary.map(|summary| SeriesSummary { bytes: 0, ..summary })
}

/// Reads both lakes in every way there is.
async fn compare(journals: &Lake, plain: &Lake, key: &SeriesKey) {
    for hours in [0..HOURS, 3..9, 20..30, 24..HOURS, 40..41] {
        let hour = |hour: i64| at("2023-12-31").plus_ms(hour * 3_600_000);
        let range = TimeRange { start: hour(hours.start), end: hour(hours.end) };
        for take in [Take::All, Take::First(3), Take::Last(3), Take::First(30), Take::Last(30), Take::Last(0)]
        {
            let expected = plain.candles(key, range, take).await.unwrap();
            assert_eq!(journals.candles(key, range, take).await.unwrap(), expected, "{range:?} {take:?}");
        }
        assert_eq!(
            journals.bars(key, range).await.unwrap(),
            plain.bars(key, range).await.unwrap(),
            "{range:?}"
        );
    }
    let expected = plain.exact_columns(key, TimeRange::ALL).await.unwrap();
    assert_eq!(journals.exact_columns(key, TimeRange::ALL).await.unwrap(), expected);
    assert_eq!(journals.gaps(key).await.unwrap(), plain.gaps(key).await.unwrap());
    assert_eq!(journals.quality(key).await.unwrap(), plain.quality(key).await.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn journals_are_seen_by_nobody(steps in proptest::collection::vec(any_step(), 1..16), policy in any_policy()) {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let key = key("BTCUSDT", Interval::H1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut journals = Lake::open_with(folders[0].path(), policy).unwrap();
            let plain = Lake::open_with(folders[1].path(), JournalPolicy::NONE).unwrap();
            for step in steps {
                match step {
                    Step::Append(rows, provenance) => {
                        let expected = plain.append(&key, rows.clone(), provenance).await.unwrap();
                        assert_eq!(journals.append(&key, rows, provenance).await.unwrap(), expected);
                    }
                    Step::Compact => {
                        journals.compact(&key).await.unwrap();
                        assert_eq!(journals.compact(&key).await.unwrap(), 0);
                    }
                    Step::Reopen => journals = Lake::open_with(folders[0].path(), policy).unwrap(),
                }
                let expected = all(&plain, &key).await;
                assert_eq!(all(&journals, &key).await, expected);
                let expected = without_size(plain.summary(&key).await.unwrap());
                assert_eq!(without_size(journals.summary(&key).await.unwrap()), expected);
            }
            compare(&journals, &plain, &key).await;
            let rows = plain.summary(&key).await.unwrap().map_or(0, |summary| summary.rows);
            assert_eq!(journals.delete(&key).await.unwrap(), rows);
            assert_eq!(journals.series().await.unwrap(), []);
        });
    }
}
