//! From the lake into a database and back, without a loss.

use market_data::{CandleStore, Note, StoredCandle, Take, migrate};
use rust_decimal::Decimal;
use types::{Interval, Provenance, TimeRange};

use crate::support::{at, candles, key, lake, postgres, timescale};

async fn all(store: &dyn CandleStore, interval: Interval) -> Vec<StoredCandle> {
    store.candles(&key("BTCUSDT", interval), TimeRange::ALL, Take::All).await.unwrap()
}

#[tokio::test]
async fn there_and_back_nothing_is_lost() {
    round_trip(postgres().await.1.as_ref()).await;
    round_trip(timescale().await.1.as_ref()).await;
}

async fn round_trip(there: &dyn CandleStore) {
    let ((_first, here), (_second, back)) = (lake(), lake());
    for interval in [Interval::M30, Interval::Mo1] {
        let series = key("BTCUSDT", interval);
        let mut made = candles(interval, at("2021-12-30"), 300);
        made[7].quote_volume = None;
        made[8].volume = "12345678901.123456789012345678".parse().unwrap();
        made.drain(20..40);
        for (chunk, provenance) in made.chunks(70).zip(Provenance::ALL) {
            here.append(&series, chunk.to_vec(), provenance).await.unwrap();
        }
        let range = TimeRange { start: made[19].open_time, end: made[20].open_time };
        here.note(&series, vec![Note::Empty { range, at: at("2024-02-01") }]).await.unwrap();
        let over = migrate(here.as_ref(), there, &series).await.unwrap();
        assert_eq!((over.rows, over.added, over.verified, over.differing), (280, 280, 280, 0));
        assert!(migrate(there, back.as_ref(), &series).await.unwrap().is_complete());
        assert_eq!(all(back.as_ref(), interval).await, all(here.as_ref(), interval).await);
        assert_eq!(back.ledger(&series).await.unwrap(), here.ledger(&series).await.unwrap());
        let again = migrate(here.as_ref(), there, &series).await.unwrap();
        assert_eq!((again.added, again.verified), (0, 280), "a second time changes nothing");
    }
}

#[tokio::test]
async fn what_the_target_says_differently_is_left_and_told() {
    let ((_folder, here), (_guard, there)) = (lake(), postgres().await);
    let series = key("BTCUSDT", Interval::H1);
    let made = candles(Interval::H1, at("2024-01-01"), 10);
    here.append(&series, made.clone(), Provenance::Exchange).await.unwrap();
    let mut other = made[3].clone();
    other.volume += Decimal::ONE;
    there.append(&series, vec![other.clone()], Provenance::Repaired).await.unwrap();
    let report = migrate(here.as_ref(), there.as_ref(), &series).await.unwrap();
    assert_eq!((report.added, report.verified, report.differing), (9, 9, 1));
    assert_eq!((report.is_complete(), report.differing_at), (false, vec![made[3].open_time]));
    assert_eq!(all(there.as_ref(), Interval::H1).await[3].candle, other);
}
