//! The controls under `/sim`: faults, plans of them, counts, the candles as they truly are, and the clock. Not part of any exchange's interface.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use types::{Interval, Symbol, TimeRange, Timestamp};

use crate::chaos::ChaosPlan;
use crate::faults::{self, Fault};
use crate::simulator::Simulator;
use crate::stats::Stats;

/// Most candles in one answer of `/sim/truth`.
const MOST_TRUTH: u64 = 600_000;

/// Where the clock may be sent: 1970 to 2100.
const CLOCK_RANGE_MS: std::ops::Range<i64> = 0..4_102_444_800_000;

/// The longest chaos plan: a year.
const MOST_HOURS: u32 = 366 * 24;

/// A refusal in plain words.
#[derive(Debug)]
pub(crate) struct Refusal(String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

/// Which candles `/sim/truth` is asked for: `start` included, `end` not; dates or milliseconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    symbol: String,
    interval: String,
    start: String,
    end: String,
}

/// What is to go wrong: a plan's seed, its length in simulated hours, and its density.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chaos {
    seed: u64,
    hours: f64,
    per_hour: f64,
}

/// Where the clock is to go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum ClockMove {
    NowMs(i64),
    AdvanceMs(i64),
}

/// `POST /sim/faults`: queues faults.
pub(crate) async fn inject(State(sim): State<Simulator>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let faults = faults::parse(&body).map_err(Refusal)?;
    for (index, fault) in faults.into_iter().enumerate() {
        // Those before it have happened; the answer says where it stopped.
        sim.try_inject(fault).map_err(|error| Refusal(format!("fault {index}: {error}")))?;
    }
    Ok(Json(json!({ "pending": sim.pending_faults() })))
}

/// `GET /sim/faults`: what still waits.
pub(crate) async fn pending(State(sim): State<Simulator>) -> Json<Vec<Fault>> {
    Json(sim.pending_faults())
}

/// `DELETE /sim/faults`: forgets what still waits.
pub(crate) async fn clear(State(sim): State<Simulator>) -> StatusCode {
    sim.clear_faults();
    StatusCode::NO_CONTENT
}

/// `POST /sim/chaos`: carries a plan out, beside those under way.
pub(crate) async fn start_chaos(State(sim): State<Simulator>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Chaos { seed, hours, per_hour } =
        serde_json::from_slice(&body).map_err(|error| Refusal(error.to_string()))?;
    let allowed = 0.0..=f64::from(MOST_HOURS);
    if !allowed.contains(&hours) || !(0.0..=1000.0).contains(&per_hour) {
        return Err(Refusal(format!(
            "'hours' can be 0 to {MOST_HOURS} of simulated time, 'per_hour' 0 to 1000 faults"
        )));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a year in milliseconds fits")]
    let plan = ChaosPlan::new(seed, (hours * 3_600_000.0) as i64, per_hour);
    let planned = plan.planned().len();
    let running = tokio::spawn(sim.run_chaos(plan));
    sim.keep_plan(running.abort_handle());
    Ok(Json(json!({ "planned": planned })))
}

/// `DELETE /sim/chaos`: ends the plans that were started over HTTP; what they have queued stays.
pub(crate) async fn stop_chaos(State(sim): State<Simulator>) -> StatusCode {
    sim.stop_plans();
    StatusCode::NO_CONTENT
}

/// `GET /sim/stats`: what was counted.
pub(crate) async fn stats(State(sim): State<Simulator>) -> Json<Stats> {
    Json(sim.stats())
}

/// `GET /sim/truth`: closed candles of a range as klines rows, in one piece, free of limits and faults.
pub(crate) async fn truth(
    State(sim): State<Simulator>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<Value>>, Refusal> {
    let Query(asked) = asked.map_err(|rejection| Refusal(rejection.body_text()))?;
    let refuse = |error: &dyn std::fmt::Display| Refusal(error.to_string());
    let symbol: Symbol = asked.symbol.parse().map_err(|error| refuse(&error))?;
    let interval: Interval = asked.interval.parse().map_err(|error| refuse(&error))?;
    let time = |text: &str| text.parse::<Timestamp>().map_err(|error| refuse(&error));
    // Nothing lies before the epoch or after the clock, however far the question reaches.
    let range = TimeRange {
        start: time(&asked.start)?.max(Timestamp::EPOCH),
        end: time(&asked.end)?.min(sim.clock().now()),
    };
    if interval.bars_between(range.start, range.end) > MOST_TRUTH {
        return Err(Refusal(format!("more than {MOST_TRUTH} candles; ask for a shorter range")));
    }
    let rows = tokio::task::spawn_blocking(move || sim.closed_rows(&symbol, interval, range)).await;
    let rows = rows.map_err(|error| refuse(&error))?.map_err(|error| refuse(&error))?;
    Ok(Json(rows.into_iter().map(|row| row.to_json(1)).collect()))
}

/// `GET /sim/clock`: the market's time.
pub(crate) async fn clock(State(sim): State<Simulator>) -> Json<Value> {
    let now = sim.clock().now();
    Json(json!({ "now_ms": now.as_ms(), "now": now.to_rfc3339() }))
}

/// `POST /sim/clock` with `{"now_ms":…}` or `{"advance_ms":…}`: moves a manual clock.
pub(crate) async fn move_clock(State(sim): State<Simulator>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let wanted: ClockMove = serde_json::from_slice(&body).map_err(|error| Refusal(error.to_string()))?;
    let target = match wanted {
        ClockMove::NowMs(now) => Timestamp::from_ms(now),
        ClockMove::AdvanceMs(by) => sim.clock().now().plus_ms(by),
    };
    if !CLOCK_RANGE_MS.contains(&target.as_ms()) {
        return Err(Refusal("the clock can show 1970 to 2100 only".to_owned()));
    }
    let has_moved = match wanted {
        ClockMove::NowMs(_) => sim.clock().set(target),
        ClockMove::AdvanceMs(by) => sim.clock().advance_ms(by),
    };
    if has_moved {
        Ok(clock(State(sim)).await)
    } else {
        Err(Refusal(
            "this simulator's clock runs by itself; start it with a manual clock to move it".to_owned(),
        ))
    }
}
