//! What only Yahoo does: hours that reach back two years, and a clock that is a header.

use exchange_sim::Clock;
use exchanges::Notice;
use types::{Interval, Timestamp};

use crate::contract::{Arena, World};
use crate::counterparts::Yahoo;
use crate::support::{at, range};

const NOW: &str = "2024-03-01 12:20:40";

#[tokio::test]
async fn hours_begin_where_yahoo_still_has_them() {
    let arena = Arena::<Yahoo>::start(World::new(Clock::manual(at(NOW)))).await;
    let asked = range("2020-01-01", "2022-04-01");
    let (memory, summary) = arena.fetch(Interval::H1, asked).await;
    summary.unwrap();
    let first = memory.candles.first().unwrap().open_time;
    // A day less than the 730 that Yahoo allows, to the next whole hour.
    assert_eq!(first, Interval::H1.ceil(at(NOW).plus_ms(-729 * Timestamp::DAY_MS)));
    assert!(
        memory.notices.contains(&Notice::StartsLater { asked: at("2020-01-01"), first }),
        "{}",
        memory.said()
    );
    let rest = range("2022-03-03 13:00", "2022-04-01");
    assert_eq!(memory.candles, arena.truth(Interval::H1, rest));
}

#[tokio::test]
async fn the_clock_is_the_date_of_the_answers_cut_down_to_the_second() {
    let clock = Clock::manual(at(NOW).plus_ms(750));
    let arena = Arena::<Yahoo>::start(World::new(clock)).await;
    assert_eq!(arena.exchange.server_time().await.unwrap(), at(NOW));
    assert_eq!(arena.exchange.clock().now(), at(NOW));
}
