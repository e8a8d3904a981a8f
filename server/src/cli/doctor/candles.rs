//! The candle store: the lake file by file, or the database with what TimescaleDB does for it.

use config::{StoreKind, redact_url};
use market_data::{AboutDatabase, AboutTimescale, CandleInspection, Lake, LakeReport, PostgresCandles};

use super::finding::Finding;
use super::folder::amount;
use crate::output::Output;
use crate::wiring::{Configuration, Folders};

const CHECK: &str = "candles";
/// Damaged files that are named.
const NAMED: usize = 20;
/// With fewer chunks than this, none is old enough to be compressed.
const YOUNG: u64 = 4;

pub(super) async fn check(configuration: &Configuration, folders: &Folders, output: Output) -> Vec<Finding> {
    match configuration.config.settings.market_data.store {
        StoreKind::Parquet => lake(configuration, folders, output).await,
        StoreKind::Timescale => database(&configuration.database_url(folders)).await,
    }
}

async fn lake(configuration: &Configuration, folders: &Folders, output: Output) -> Vec<Finding> {
    let root = configuration.lake_path(folders);
    let seen = move |files: u64| {
        if files.is_multiple_of(10) {
            output.progress(&format!("reading the lake: {files} files"), false);
        }
    };
    let place = format!("lake {}", root.display());
    match Lake::examine(&root, seen).await {
        Ok(_) if !root.exists() => vec![Finding::ok(CHECK, format!("{place}: nothing yet"))],
        Ok(report) => {
            output.progress(&format!("read the lake: {} files", report.files), true);
            lake_findings(&place, &report)
        }
        Err(error) => vec![Finding::failed(CHECK, &error)],
    }
}

fn lake_findings(place: &str, report: &LakeReport) -> Vec<Finding> {
    let LakeReport { series, files, rows, damaged, leftovers } = report;
    let mut findings: Vec<Finding> =
        damaged.iter().take(NAMED).map(|damage| Finding::failed(CHECK, damage)).collect();
    if damaged.len() > NAMED {
        let message = format!("{} more files are damaged", damaged.len() - NAMED);
        findings.push(Finding::problem(CHECK, message, "is the disk itself sound? Then mend these first"));
    }
    if findings.is_empty() {
        let message = format!("{place}: {series} series, {files} files, {rows} candles, all readable");
        findings.push(Finding::ok(CHECK, message));
    }
    if let Some(first) = leftovers.first() {
        let message = format!(
            "{} half-written files of writers that were killed: {}",
            leftovers.len(),
            first.display()
        );
        let remedy = "nothing is lost; the next download or import of the series removes them";
        findings.push(Finding::warning(CHECK, message, remedy));
    }
    findings
}

async fn database(url: &str) -> Vec<Finding> {
    if !url.starts_with("postgres") {
        return vec![Finding::problem(
            CHECK,
            "market_data.store is timescale, and database.url names no PostgreSQL database",
            "set DATABASE_URL=postgres://user:password@host/name, or market_data.store: parquet",
        )];
    }
    match PostgresCandles::inspect(url).await {
        Ok(found) => database_findings(&redact_url(url), &found),
        Err(error) => vec![Finding::failed(CHECK, &error)],
    }
}

fn database_findings(place: &str, found: &CandleInspection) -> Vec<Finding> {
    if let Some(step) = found.unknown {
        return vec![Finding::problem(
            CHECK,
            format!(
                "{place}: a newer version of this program has used it (step {step} of the schema of candles)"
            ),
            "use that version, or name another database in settings.yaml",
        )];
    }
    let Some(about) = &found.about else {
        return vec![Finding::ok(CHECK, format!("{place}: no tables yet; the first start makes them"))];
    };
    let AboutDatabase { server, timescale, bytes } = about;
    let mut findings =
        vec![Finding::ok(CHECK, format!("{place}: PostgreSQL {server}, {} of candles", amount(*bytes)))];
    if found.pending > 0 {
        findings.push(Finding::warning(
            CHECK,
            format!("{} steps of the schema of candles are still to be taken", found.pending),
            "make a backup, then start `crypto serve`: it takes them by itself",
        ));
    }
    findings.push(match timescale {
        Some(timescale) => timescale_finding(timescale),
        None => Finding::warning(
            TIMESCALE,
            "the database has no TimescaleDB: candles lie in a plain table, neither compressed nor aggregated",
            "install the extension on the server and start again; docs/concepts/timescale.md says what it brings",
        ),
    });
    findings
}

const TIMESCALE: &str = "TimescaleDB";

fn timescale_finding(about: &AboutTimescale) -> Finding {
    let AboutTimescale { version, license, is_hypertable, chunks, compressed_chunks, aggregates } = about;
    if license != "timescale" {
        return Finding::warning(
            TIMESCALE,
            format!("{version}, edition '{license}': no compression, no continuous aggregates"),
            "use the community edition: timescaledb.license = 'timescale' in postgresql.conf",
        );
    }
    if !is_hypertable {
        return Finding::warning(
            TIMESCALE,
            format!("{version}, but the candles lie in a plain table"),
            "start again and read the log: it says what this user may not do or which version is too old",
        );
    }
    let aggregates = if aggregates.is_empty() { "none".to_owned() } else { aggregates.join(", ") };
    let facts = format!(
        "{version}, edition '{license}': {compressed_chunks} of {chunks} chunks compressed, aggregates {aggregates}"
    );
    if *chunks >= YOUNG && *compressed_chunks == 0 {
        return Finding::warning(
            TIMESCALE,
            facts,
            "is its background worker running? timescaledb_information.job_stats says what became of the policy",
        );
    }
    Finding::ok(TIMESCALE, facts)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    fn about() -> AboutTimescale {
        AboutTimescale {
            version: "2.23.0".to_owned(),
            license: "timescale".to_owned(),
            is_hypertable: true,
            chunks: 9,
            compressed_chunks: 7,
            aggregates: vec!["candles_5m".to_owned(), "candles_1h".to_owned()],
        }
    }

    #[test]
    fn what_timescale_does_is_said() {
        let found = timescale_finding(&about());
        assert_eq!(found.status, Status::Ok);
        assert_eq!(
            found.message,
            "2.23.0, edition 'timescale': 7 of 9 chunks compressed, aggregates candles_5m, candles_1h"
        );
    }

    #[test]
    fn what_it_does_not_do_comes_with_the_remedy() {
        for (about, part) in [
            (AboutTimescale { license: "apache".to_owned(), ..about() }, "timescaledb.license"),
            (AboutTimescale { is_hypertable: false, ..about() }, "read the log"),
            (AboutTimescale { compressed_chunks: 0, ..about() }, "background worker"),
        ] {
            let found = timescale_finding(&about);
            assert_eq!(found.status, Status::Warning);
            assert!(found.remedy.as_deref().is_some_and(|remedy| remedy.contains(part)), "{found:?}");
        }
        let young = AboutTimescale { chunks: YOUNG - 1, compressed_chunks: 0, ..about() };
        assert_eq!(timescale_finding(&young).status, Status::Ok, "nothing is old enough yet");
    }

    #[test]
    fn a_plain_database_and_a_newer_schema_are_told_apart() {
        let plain = AboutDatabase { server: "17.5".to_owned(), timescale: None, bytes: 5_000_000 };
        let found = CandleInspection { about: Some(plain), pending: 1, unknown: None };
        let findings = database_findings("postgres://me:***@db/x", &found);
        let statuses: Vec<Status> = findings.iter().map(|finding| finding.status).collect();
        assert_eq!(statuses, [Status::Ok, Status::Warning, Status::Warning]);
        assert!(findings[0].message.contains("PostgreSQL 17.5, 5 MB of candles"), "{findings:?}");
        let newer = CandleInspection { about: None, pending: 0, unknown: Some(99) };
        assert_eq!(database_findings("x", &newer)[0].status, Status::Problem);
        let empty = CandleInspection { about: None, pending: 3, unknown: None };
        assert_eq!(database_findings("x", &empty)[0].status, Status::Ok);
    }
}
