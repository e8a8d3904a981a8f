//! Instrument rules in SQL.

use std::collections::BTreeMap;

use async_trait::async_trait;
use types::{ExchangeId, Instrument, InstrumentFilters, InstrumentStatus, Symbol, Timestamp};

use crate::db::{Row, Tx, Value, args};
use crate::error::StoreError;
use crate::instrument_history::{InstrumentHistory, InstrumentVersion};
use crate::instruments::{InstrumentDay, InstrumentSnapshots, RecordedInstruments};
use crate::sql::{SqlStore, placeholders};

const COLUMNS: &str = "symbol, since, status, base, quote, tick_size, step_size, min_quantity, max_quantity, \
    min_notional, max_notional";
/// With its exchange a version has twelve values; SQLite takes 32,766 of them in a statement, PostgreSQL 65,535.
const ROWS_AT_ONCE: usize = 200;
const DELISTED: &str = "delisted";

fn status_name(status: InstrumentStatus) -> &'static str {
    match status {
        InstrumentStatus::Trading => "trading",
        InstrumentStatus::Halted => "halted",
    }
}

/// Reads what a row says about a pair; `None` for a delisted one.
fn instrument(row: &Row) -> Result<Option<Instrument>, StoreError> {
    let status = match row.text("status")?.as_str() {
        "trading" => InstrumentStatus::Trading,
        "halted" => InstrumentStatus::Halted,
        DELISTED => return Ok(None),
        found => return Err(StoreError::corrupt("instrument_versions.status", found)),
    };
    Ok(Some(Instrument {
        symbol: row.parse("symbol")?,
        base: row.text("base")?,
        quote: row.text("quote")?,
        status,
        filters: InstrumentFilters {
            tick_size: row.optional_parse("tick_size")?,
            step_size: row.optional_parse("step_size")?,
            min_quantity: row.optional_parse("min_quantity")?,
            max_quantity: row.optional_parse("max_quantity")?,
            min_notional: row.optional_parse("min_notional")?,
            max_notional: row.optional_parse("max_notional")?,
        },
    }))
}

/// Returns the twelve values of a version.
fn values(exchange: &ExchangeId, symbol: &Symbol, day: Timestamp, said: Option<&Instrument>) -> Vec<Value> {
    let filters = said.map(|instrument| instrument.filters).unwrap_or_default();
    let status = said.map_or(DELISTED, |instrument| status_name(instrument.status));
    let mut values = args![
        exchange.as_str(),
        symbol.as_str(),
        day,
        status,
        said.map(|instrument| instrument.base.as_str()),
        said.map(|instrument| instrument.quote.as_str())
    ];
    let rules = [
        filters.tick_size,
        filters.step_size,
        filters.min_quantity,
        filters.max_quantity,
        filters.min_notional,
        filters.max_notional,
    ];
    values.extend(rules.map(|rule| Value::from(rule.map(|value| value.to_string()))));
    values
}

/// Orders the pairs by name, or says which one is there twice.
fn by_symbol(instruments: &[Instrument]) -> Result<BTreeMap<&Symbol, &Instrument>, StoreError> {
    let mut named = BTreeMap::new();
    for instrument in instruments {
        if let Some(other) = named.insert(&instrument.symbol, instrument)
            && other != instrument
        {
            let reason = format!("name {} twice with different rules; one of them is wrong", other.symbol);
            return Err(StoreError::invalid("instruments", reason));
        }
    }
    if named.is_empty() {
        let reason = "are none; an exchange that lists nothing was not read rightly, ask it again";
        return Err(StoreError::invalid("instruments", reason));
    }
    Ok(named)
}

/// Reads the newest version of every pair.
async fn newest(
    tx: &mut Tx,
    exchange: &ExchangeId,
) -> Result<BTreeMap<Symbol, Option<Instrument>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM instrument_versions v WHERE exchange = $1 AND since = \
         (SELECT MAX(n.since) FROM instrument_versions n WHERE n.exchange = v.exchange AND n.symbol = v.symbol)"
    );
    let rows = tx.rows(sql, args![exchange.as_str()]).await?;
    rows.iter().map(|row| Ok((row.parse("symbol")?, instrument(row)?))).collect()
}

/// Adds versions, many with one statement.
async fn insert(tx: &mut Tx, versions: &[Vec<Value>]) -> Result<(), StoreError> {
    for rows in versions.chunks(ROWS_AT_ONCE) {
        let mut first = 1;
        let mut groups = Vec::with_capacity(rows.len());
        for row in rows {
            groups.push(format!("({})", placeholders(first, row.len())));
            first += row.len();
        }
        let groups = groups.join(", ");
        let sql = format!("INSERT INTO instrument_versions (exchange, {COLUMNS}) VALUES {groups}");
        tx.run(sql, rows.concat()).await?;
    }
    Ok(())
}

fn read_day(row: &Row) -> Result<InstrumentDay, StoreError> {
    Ok(InstrumentDay {
        day: row.time("day")?,
        recorded_at: row.time("recorded_at")?,
        listed: row.count("listed")?,
        changed: row.count("changed")?,
    })
}

#[async_trait]
impl InstrumentSnapshots for SqlStore {
    async fn record_instruments(
        &self,
        exchange: &ExchangeId,
        day: Timestamp,
        instruments: &[Instrument],
        now: Timestamp,
    ) -> Result<RecordedInstruments, StoreError> {
        if day != day.floor_day() {
            let reason = format!("is {day}; a day is named by its midnight, {}", day.floor_day());
            return Err(StoreError::invalid("day of instruments", reason));
        }
        let named = by_symbol(instruments)?;
        let mut tx = self.db.write().await?;
        // Another process that records the same day must see all of it or nothing.
        tx.lock_instruments().await?;
        let sql = "SELECT MAX(day) AS last FROM instrument_days WHERE exchange = $1";
        let last = tx.row(sql, args![exchange.as_str()]).await?;
        let last = last.map_or(Ok(None), |row| row.optional_time("last"))?;
        if last == Some(day) {
            tx.roll_back().await?;
            return Ok(RecordedInstruments::Already);
        }
        if let Some(last) = last.filter(|last| *last > day) {
            let already = "SELECT day FROM instrument_days WHERE exchange = $1 AND day = $2";
            let is_recorded = tx.row(already, args![exchange.as_str(), day]).await?.is_some();
            tx.roll_back().await?;
            if is_recorded {
                return Ok(RecordedInstruments::Already);
            }
            return Err(StoreError::conflict(format!(
                "instruments of {exchange} are recorded up to {} already; {} can no longer be added",
                last.to_date(),
                day.to_date()
            )));
        }

        let known = newest(&mut tx, exchange).await?;
        let (mut added, mut altered, mut delisted) = (0_u32, 0_u32, 0_u32);
        let mut versions = Vec::new();
        for (symbol, instrument) in &named {
            match known.get(*symbol) {
                Some(Some(before)) if before == *instrument => continue,
                Some(Some(_)) => altered += 1,
                Some(None) | None => added += 1,
            }
            versions.push(values(exchange, symbol, day, Some(instrument)));
        }
        for (symbol, before) in &known {
            if before.is_some() && !named.contains_key(symbol) {
                delisted += 1;
                versions.push(values(exchange, symbol, day, None));
            }
        }
        let listed = i64::try_from(named.len()).unwrap_or(i64::MAX);
        let changed = added + altered + delisted;
        let sql = "INSERT INTO instrument_days (exchange, day, recorded_at, listed, changed) \
                   VALUES ($1, $2, $3, $4, $5)";
        tx.run(sql, args![exchange.as_str(), day, now, listed, changed]).await?;
        insert(&mut tx, &versions).await?;
        tx.commit().await?;
        Ok(RecordedInstruments::New { added, altered, delisted })
    }

    async fn instrument_history(
        &self,
        exchange: &ExchangeId,
        symbol: &Symbol,
    ) -> Result<InstrumentHistory, StoreError> {
        // What a version says was seen again on every day looked at until the next version.
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT MAX(day) FROM instrument_days d WHERE d.exchange = v.exchange AND NOT EXISTS \
             (SELECT since FROM instrument_versions n WHERE n.exchange = v.exchange AND n.symbol = v.symbol \
             AND n.since > v.since AND n.since <= d.day)) AS checked \
             FROM instrument_versions v WHERE exchange = $1 AND symbol = $2 ORDER BY since"
        );
        let rows = self.db.rows(sql, args![exchange.as_str(), symbol.as_str()]).await?;
        let read = |row: &Row| {
            Ok(InstrumentVersion {
                since: row.time("since")?,
                checked: row.time("checked")?,
                instrument: instrument(row)?,
            })
        };
        Ok(InstrumentHistory { versions: rows.iter().map(read).collect::<Result<_, StoreError>>()? })
    }

    async fn instrument_days(&self, exchange: &ExchangeId) -> Result<Vec<InstrumentDay>, StoreError> {
        let sql =
            "SELECT day, recorded_at, listed, changed FROM instrument_days WHERE exchange = $1 ORDER BY day";
        self.db.rows(sql, args![exchange.as_str()]).await?.iter().map(read_day).collect()
    }

    async fn last_instrument_day(&self, exchange: &ExchangeId) -> Result<Option<InstrumentDay>, StoreError> {
        let sql = "SELECT day, recorded_at, listed, changed FROM instrument_days WHERE exchange = $1 \
                   ORDER BY day DESC LIMIT 1";
        self.db.row(sql, args![exchange.as_str()]).await?.as_ref().map(read_day).transpose()
    }
}
