//! Backtest runs in SQL.

use std::ops::Range;

use async_trait::async_trait;
use types::{JobId, RunId, UserId};

use crate::db::{Row, Tx, args};
use crate::error::StoreError;
use crate::page::{Cursor, Page, page_length};
use crate::runs::{BestAndWorst, InsertedRun, NewRun, ResultParts, Run, Runs, StoredResult};
use crate::sql::SqlStore;
use crate::sql::jobs::{document, lock};
use crate::text::check_line;

/// The largest compressed result, all parts together: ten times a run over every minute since 2017.
const MAX_RESULT: usize = 256 << 20;
/// Stored forms: all of it in one piece, or in parts.
const WHOLE: i64 = 1;
const PARTS: i64 = 2;
const NO_RUN: StoreError = StoreError::NotFound { what: "run" };
const COLUMNS: &str = "id, user_id, job_id, ordinal, name, strategy, exchange, symbol, \"interval\", started_at, \
    total_return, spec, summary";

fn read(row: &Row) -> Result<Run, StoreError> {
    Ok(Run {
        id: row.parse("id")?,
        user: row.parse("user_id")?,
        job: row.optional_parse("job_id")?,
        ordinal: row.count("ordinal")?,
        name: row.text("name")?,
        strategy: row.text("strategy")?,
        exchange: row.parse("exchange")?,
        symbol: row.parse("symbol")?,
        interval: row.parse("interval")?,
        started_at: row.time("started_at")?,
        total_return: row.optional_real("total_return")?,
        spec: row.json("spec")?,
        summary: row.json("summary")?,
    })
}

/// Finds the run that keeps `new` from being stored: the one of the same job and ordinal, else of the same id.
async fn existing(tx: &mut Tx, user: UserId, new: &NewRun) -> Result<RunId, StoreError> {
    let sql = "SELECT id FROM runs WHERE user_id = $1 AND job_id = $2 AND ordinal = $3";
    let mut row = tx.row(sql, args![user, new.job, new.ordinal]).await?;
    if row.is_none() {
        row = tx.row("SELECT id FROM runs WHERE user_id = $1 AND id = $2", args![user, new.id]).await?;
    }
    row.ok_or_else(|| StoreError::conflict("that run id is taken"))?.parse("id")
}

fn check_size(parts: &ResultParts) -> Result<(), StoreError> {
    let bytes = parts.overview.len() + parts.trades.iter().map(Vec::len).sum::<usize>();
    if bytes > MAX_RESULT {
        let reason = format!("has {bytes} bytes; at most {MAX_RESULT} are allowed");
        return Err(StoreError::invalid("run result", reason));
    }
    Ok(())
}

async fn insert_trades(tx: &mut Tx, run: RunId, blocks: Vec<Vec<u8>>) -> Result<(), StoreError> {
    for (block, data) in (0_u32..).zip(blocks) {
        let sql = "INSERT INTO run_trades (run_id, block, data) VALUES ($1, $2, $3)";
        tx.run(sql, args![run, block, data]).await?;
    }
    Ok(())
}

#[async_trait]
impl Runs for SqlStore {
    async fn insert_run(&self, user: UserId, new: NewRun) -> Result<InsertedRun, StoreError> {
        check_line("run name", &new.name, 200)?;
        check_line("strategy kind", &new.strategy, 100)?;
        let spec = document("run spec", &new.spec)?;
        let summary = document("run summary", &new.summary)?;
        check_size(&new.result)?;
        let mut tx = self.db.write().await?;
        if let Some(job) = new.job {
            lock(&mut tx, Some(user), job).await?.ok_or(StoreError::NotFound { what: "job" })?;
        }
        let touched = tx
            .run(
                "INSERT INTO runs (id, user_id, job_id, ordinal, name, strategy, exchange, symbol, \"interval\",
                    started_at, total_return, spec, summary)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
                args![
                    new.id,
                    user,
                    new.job,
                    new.ordinal,
                    &new.name,
                    &new.strategy,
                    new.exchange.as_str(),
                    new.symbol.as_str(),
                    new.interval.as_str(),
                    new.started_at,
                    new.total_return,
                    spec,
                    summary
                ],
            )
            .await?;
        if touched == 0 {
            return Ok(InsertedRun { id: existing(&mut tx, user, &new).await?, added: false });
        }
        let id = new.id;
        let ResultParts { overview, trades } = new.result;
        let sql = "INSERT INTO run_results (run_id, form, data) VALUES ($1, $2, $3)";
        tx.run(sql, args![id, PARTS, overview]).await?;
        insert_trades(&mut tx, id, trades).await?;
        tx.commit().await?;
        Ok(InsertedRun { id, added: true })
    }

    async fn run(&self, user: UserId, run: RunId) -> Result<Run, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE id = $1 AND user_id = $2");
        read(&self.db.row(sql, args![run, user]).await?.ok_or(NO_RUN)?)
    }

    async fn runs_of_job(&self, user: UserId, job: JobId) -> Result<Vec<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE user_id = $1 AND job_id = $2 ORDER BY ordinal");
        self.db.rows(sql, args![user, job]).await?.iter().map(read).collect()
    }

    async fn runs(&self, user: UserId, limit: u32, before: Option<Cursor>) -> Result<Page<Run>, StoreError> {
        let limit = page_length(limit);
        let mut sql = format!("SELECT {COLUMNS} FROM runs WHERE user_id = $1");
        let mut args = args![user, limit + 1];
        if let Some(Cursor { at, id }) = before {
            sql += " AND (started_at, id) < ($3, $4)";
            args.extend(args![at, id]);
        }
        sql += " ORDER BY started_at DESC, id DESC LIMIT $2";
        let runs = self.db.rows(sql, args).await?.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page::cut(runs, limit, Run::cursor))
    }

    async fn count_runs(&self, user: UserId) -> Result<u64, StoreError> {
        let row = self.db.row("SELECT COUNT(*) AS n FROM runs WHERE user_id = $1", args![user]).await?;
        row.map_or(Ok(0), |row| row.count("n"))
    }

    async fn run_result(&self, user: UserId, run: RunId) -> Result<StoredResult, StoreError> {
        let sql =
            "SELECT form, data FROM run_results JOIN runs ON id = run_id WHERE id = $1 AND user_id = $2";
        let row = self.db.row(sql, args![run, user]).await?.ok_or(NO_RUN)?;
        match row.int("form")? {
            WHOLE => Ok(StoredResult::Whole(row.bytes("data")?)),
            PARTS => Ok(StoredResult::Overview(row.bytes("data")?)),
            other => Err(StoreError::corrupt("form", other)),
        }
    }

    async fn run_trades(
        &self,
        user: UserId,
        run: RunId,
        blocks: Range<u32>,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let sql = "SELECT id FROM runs WHERE id = $1 AND user_id = $2";
        self.db.row(sql, args![run, user]).await?.ok_or(NO_RUN)?;
        let sql =
            "SELECT data FROM run_trades WHERE run_id = $1 AND block >= $2 AND block < $3 ORDER BY block";
        let rows = self.db.rows(sql, args![run, blocks.start, blocks.end]).await?;
        rows.iter().map(|row| row.bytes("data")).collect()
    }

    async fn replace_result(&self, user: UserId, run: RunId, parts: ResultParts) -> Result<(), StoreError> {
        check_size(&parts)?;
        let mut tx = self.db.write().await?;
        let sql = "SELECT id FROM runs WHERE id = $1 AND user_id = $2";
        tx.row(sql, args![run, user]).await?.ok_or(NO_RUN)?;
        // Of two readers that take the same result apart, the first one's parts stay.
        let sql = "UPDATE run_results SET form = $2, data = $3 WHERE run_id = $1 AND form = $4";
        if tx.run(sql, args![run, PARTS, parts.overview, WHOLE]).await? > 0 {
            insert_trades(&mut tx, run, parts.trades).await?;
        }
        tx.commit().await
    }

    async fn delete_run(&self, user: UserId, run: RunId) -> Result<(), StoreError> {
        match self.db.run("DELETE FROM runs WHERE id = $1 AND user_id = $2", args![run, user]).await? {
            0 => Err(NO_RUN),
            _ => Ok(()),
        }
    }

    async fn best_and_worst_runs(&self, user: UserId, limit: u32) -> Result<BestAndWorst, StoreError> {
        let limit = page_length(limit);
        let ranked = |order: &str| {
            format!(
                "SELECT {COLUMNS} FROM runs WHERE user_id = $1 AND total_return IS NOT NULL
                 ORDER BY total_return {order}, started_at, id LIMIT $2"
            )
        };
        let best = self.db.rows(ranked("DESC"), args![user, limit]).await?;
        let best: Vec<Run> = best.iter().map(read).collect::<Result<_, _>>()?;
        let worst = self.db.rows(ranked("ASC"), args![user, limit]).await?;
        let mut worst: Vec<Run> = worst.iter().map(read).collect::<Result<_, _>>()?;
        // With few runs the ends overlap; what is among the best is not among the worst too.
        worst.retain(|run| best.iter().all(|other| other.id != run.id));
        Ok(BestAndWorst { best, worst })
    }
}
