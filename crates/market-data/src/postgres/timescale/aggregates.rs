//! Continuous aggregates: coarser candles of the series of minutes, for readers outside (SQL, dashboards).
//!
//! Invariants: values are exact and buckets are those of [`types::Interval`]: UTC, weeks from Monday, months from the first. A sum over
//! a value that is not known is not known. Nothing of this crate reads them: a bar here may lack minutes, `minutes` says how many it
//! has, and a candle that is stored must never come from there.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::Extension;

/// How often the refresh runs; until then, revisions of older candles are not seen.
const SCHEDULE: &str = "1 hour";

/// An aggregate: its name, what it is made of, and its buckets. Each level reads the one below, so that a month reads 31 rows and not
/// 44,640.
struct Level {
    name: &'static str,
    from: &'static str,
    bucket: &'static str,
    /// How long ago a bucket must have ended before it is kept ready; newer ones are computed when they are read.
    settled: &'static str,
}

/// Names of the aggregates, from the finest.
pub(in crate::postgres) const NAMES: [&str; 5] =
    ["candles_5m", "candles_1h", "candles_1d", "candles_1w", "candles_1mo"];
const MINUTES: &str = "candles";
const LEVELS: [Level; 5] = [
    Level { name: NAMES[0], from: MINUTES, bucket: "5 minutes", settled: "1 hour" },
    Level { name: NAMES[1], from: NAMES[0], bucket: "1 hour", settled: "2 hours" },
    Level { name: NAMES[2], from: NAMES[1], bucket: "1 day", settled: "2 days" },
    Level { name: NAMES[3], from: NAMES[2], bucket: "7 days", settled: "14 days" },
    Level { name: NAMES[4], from: NAMES[2], bucket: "1 month", settled: "2 months" },
];

/// Makes those that are missing, empty: what is not kept ready yet is computed when it is read.
pub(super) async fn make(connection: &mut PgConnection, extension: &Extension) -> Result<(), sqlx::Error> {
    for level in &LEVELS {
        let sql = "SELECT to_regclass($1) IS NOT NULL";
        if sqlx::query_scalar(sql).bind(level.name).fetch_one(&mut *connection).await? {
            continue;
        }
        let mut tx = connection.begin().await?;
        tx.execute(AssertSqlSafe(level.view(&extension.schema))).await?;
        let policy = format!(
            "SELECT {}.add_continuous_aggregate_policy('{}', start_offset => NULL,
                end_offset => INTERVAL '{}', schedule_interval => INTERVAL '{SCHEDULE}')",
            extension.schema, level.name, level.settled
        );
        tx.execute(AssertSqlSafe(policy)).await?;
        tx.commit().await?;
        tracing::info!(view = level.name, "made a continuous aggregate of the candles of minutes");
    }
    Ok(())
}

impl Level {
    fn view(&self, schema: &str) -> String {
        let Self { name, from, bucket, .. } = self;
        // Of the table the series of minutes only; every other level has nothing else below it.
        let (source, minutes, synthetic) = if *from == MINUTES {
            (
                "candles JOIN candle_series ON candle_series.id = candles.series_id
                 WHERE candle_series.\"interval\" = '1m'",
                "count(*)",
                "bool_or(source = 'synthetic')",
            )
        } else {
            (*from, "sum(minutes)::bigint", "bool_or(synthetic)")
        };
        let known =
            |column: &str| format!("CASE WHEN count(*) = count({column}) THEN sum({column}) END AS {column}");
        let sums: Vec<String> =
            ["quote_volume", "trades", "taker_buy_base", "taker_buy_quote"].map(known).into();
        // The bucket has the name of the column it is made of, which GROUP BY would take it for.
        format!(
            "CREATE MATERIALIZED VIEW {name}
             WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
             SELECT series_id, {schema}.time_bucket(INTERVAL '{bucket}', open_time) AS open_time,
                    {schema}.first(open, open_time) AS open, max(high) AS high, min(low) AS low,
                    {schema}.last(close, open_time) AS close, sum(volume) AS volume, {},
                    {minutes} AS minutes, {synthetic} AS synthetic
             FROM {source} GROUP BY 1, 2 WITH NO DATA",
            sums.join(", ")
        )
    }
}
