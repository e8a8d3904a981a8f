//! `kill -9` in the middle of writing: what was acknowledged is there, and the file is whole.
//!
//! The test runs itself in a second process that does nothing but write, and kills that.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use sqlx::{Connection, SqliteConnection};
use types::{JobId, UserId};

use crate::harness::{NOW, enqueue, new_run, sqlite_url, user};

const URL: &str = "CRYPTO_TEST_CRASH_URL";
const OWNER: &str = "CRYPTO_TEST_CRASH_OWNER";

/// The victim: only when asked to be one.
#[tokio::test]
async fn writes_until_killed() {
    let (Ok(url), Ok(owner)) = (std::env::var(URL), std::env::var(OWNER)) else { return };
    let store = store::open(&url).await.unwrap();
    let owner: UserId = owner.parse().unwrap();
    loop {
        let job = enqueue(&store, owner, "a", 0).await.id;
        store.insert_run(owner, new_run(Some(job), 0, None)).await.unwrap();
        // Past the test harness, which would keep what is printed.
        let mut out = std::io::stderr().lock();
        writeln!(out, "acknowledged {job}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    let first = store::open(&url).await.unwrap();
    let ann = user(&first, "ann").await;
    first.close().await;
    for writes in [1, 7, 20] {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writes_until_killed", "--nocapture"])
            .env(URL, &url)
            .env(OWNER, ann.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(victim.stderr.take().unwrap()).lines();
        let acknowledged: Vec<JobId> = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok())
            .take(writes)
            .collect();
        victim.kill().unwrap();
        victim.wait().unwrap();
        assert_eq!(acknowledged.len(), writes);

        let store = store::open(&url).await.unwrap();
        for job in acknowledged {
            assert_eq!(store.job(ann, job).await.unwrap().created_at, NOW);
            assert_eq!(store.runs_of_job(ann, job).await.unwrap().len(), 1);
        }
        store.close().await;
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let whole: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
        assert_eq!(whole, "ok");
    }
}
