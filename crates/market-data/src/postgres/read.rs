//! Candles out of the database, into the same columns that the lake reads.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row as _};
use types::{Provenance, SeriesKey, TimeRange, Timestamp};

use super::about;
use super::instant::Instant;
use super::numeric::Numeric;
use crate::columns::{Columns, MISSING_NARROW};
use crate::{ProvenanceCounts, SeriesSummary, Take};

/// The columns of a series' row.
const SERIES: &str = "exchange, symbol, \"interval\", exchange_rows, imported_rows, resampled_rows, repaired_rows, \
                      synthetic_rows, first_open, last_open";

/// Returns the number of a series, or `None` when nothing was ever stored of it.
pub(super) async fn series_id(
    connection: &mut PgConnection,
    key: &SeriesKey,
) -> Result<Option<i32>, sqlx::Error> {
    let sql = "SELECT id FROM candle_series WHERE exchange = $1 AND symbol = $2 AND \"interval\" = $3";
    sqlx::query_scalar(sql)
        .bind(key.exchange.as_str())
        .bind(key.symbol.as_str())
        .bind(key.interval.as_str())
        .fetch_optional(connection)
        .await
}

/// Returns the series that hold a candle, in order of key.
pub(super) async fn series(connection: &mut PgConnection) -> Result<Vec<SeriesSummary>, sqlx::Error> {
    // The space of all candles, shared out by their number: rows of one table are much of a size.
    let bytes = about::bytes(connection).await?;
    let sql = format!(
        "SELECT {SERIES}, ($1 / greatest(sum(exchange_rows + imported_rows + resampled_rows + repaired_rows + synthetic_rows) OVER (), 1)
         )::bigint AS row_bytes FROM candle_series WHERE first_open IS NOT NULL"
    );
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(bytes).fetch_all(connection).await?;
    let mut found = rows.iter().map(series_row).collect::<Result<Vec<_>, _>>()?;
    found.sort_by(|left, right| left.key.cmp(&right.key));
    Ok(found)
}

fn series_row(row: &PgRow) -> Result<SeriesSummary, sqlx::Error> {
    let text = |name: &str| row.try_get::<String, _>(name);
    let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
    let time = |name: &str| row.try_get::<Instant, _>(name).map(|at| Timestamp::from_ms(at.0));
    let provenance = ProvenanceCounts {
        exchange: count("exchange_rows")?,
        imported: count("imported_rows")?,
        resampled: count("resampled_rows")?,
        repaired: count("repaired_rows")?,
        synthetic: count("synthetic_rows")?,
    };
    let rows = provenance.total();
    Ok(SeriesSummary {
        key: SeriesKey {
            exchange: parsed("exchange", &text("exchange")?)?,
            symbol: parsed("symbol", &text("symbol")?)?,
            interval: parsed("interval", &text("interval")?)?,
        },
        rows,
        first: time("first_open")?,
        last: time("last_open")?,
        provenance,
        bytes: rows * count("row_bytes")?.max(1),
    })
}

/// Reads the candles of a range, in order of time.
pub(super) async fn columns(
    connection: &mut PgConnection,
    series: i32,
    range: TimeRange,
    take: Take,
) -> Result<Columns, sqlx::Error> {
    let (direction, limit) = match take {
        Take::All => ("ASC", None),
        Take::First(rows) => ("ASC", Some(rows)),
        Take::Last(rows) => ("DESC", Some(rows)),
    };
    let limit = limit.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT open_time, open, high, low, close, volume, quote_volume, taker_buy_base, taker_buy_quote, trades, source
         FROM (SELECT * FROM candles WHERE series_id = $1
               AND open_time >= $2 AND open_time < $3
               ORDER BY open_time {direction} LIMIT $4) AS taken ORDER BY open_time"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(series)
        .bind(Instant::clamped(range.start))
        .bind(Instant::clamped(range.end))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    let mut columns = Columns::with_capacity(rows.len());
    for row in &rows {
        columns.open_time.push(row.try_get::<Instant, _>(0)?.0);
        for (column, values) in (1..).zip(&mut columns.decimals) {
            values.push(row.try_get::<Option<Numeric>, _>(column)?.map(|value| value.0));
        }
        columns.trades.push(row.try_get::<Option<i64>, _>(9)?.unwrap_or(MISSING_NARROW));
        columns.source.push(parsed::<Provenance>("source", row.try_get::<&str, _>(10)?)?);
    }
    Ok(columns)
}

/// What gaps and quality need of a candle, without its values.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) open_times: Vec<Timestamp>,
    /// Whether nothing was traded in each.
    pub(super) is_flat: Vec<bool>,
    pub(super) provenance: ProvenanceCounts,
}

/// Reads the outline of a series, in order of time.
pub(super) async fn outline(connection: &mut PgConnection, series: i32) -> Result<Outline, sqlx::Error> {
    let sql = "SELECT open_time, volume = 0, source FROM candles WHERE series_id = $1 ORDER BY open_time";
    let rows = sqlx::query(sql).bind(series).fetch_all(connection).await?;
    let mut outline = Outline::default();
    for row in &rows {
        outline.open_times.push(Timestamp::from_ms(row.try_get::<Instant, _>(0)?.0));
        outline.is_flat.push(row.try_get(1)?);
        outline.provenance.add(parsed("source", row.try_get::<&str, _>(2)?)?, 1);
    }
    Ok(outline)
}

fn parsed<T: std::str::FromStr>(column: &str, text: &str) -> Result<T, sqlx::Error> {
    text.parse().map_err(|_| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: format!("'{text}' is nothing that this program wrote").into(),
    })
}
