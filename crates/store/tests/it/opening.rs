//! Opening: what is made, what is found again, and what is said when it cannot be.

use std::path::Path;

use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use store::{Schema, StoreError};
use tempfile::tempdir;

use crate::harness::{NOW, enqueue, new_user, sqlite_url, user};

async fn refusal(url: &str) -> StoreError {
    store::open(url).await.expect_err("this URL must not open")
}

#[tokio::test]
async fn a_new_sqlite_database_is_made_with_its_folder_and_found_again() {
    let folder = tempdir().unwrap();
    let url = sqlite_url(&folder);
    let store = store::open(&url).await.unwrap();
    assert!(store.location().ends_with("state/crypto.db"), "{}", store.location());
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    store.close().await;
    assert!(matches!(store.check().await, Err(StoreError::Unavailable { .. })));

    let store = store::open(&url).await.unwrap();
    assert_eq!(store.job(ann, job.id).await.unwrap(), job);
    assert_eq!(store.check().await.ok(), Some(()));
}

#[cfg(unix)]
#[tokio::test]
async fn the_sqlite_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempdir().unwrap();
    let store = store::open(&sqlite_url(&folder)).await.unwrap();
    store.create_user(new_user("ann"), NOW).await.unwrap();
    for file in ["crypto.db", "crypto.db-wal"] {
        let mode = std::fs::metadata(folder.path().join("state").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn urls_that_mean_nothing_are_refused_with_an_example() {
    for url in
        ["", "crypto.db", "mysql://localhost/x", "sqlite://", "sqlite::memory:", "sqlite://a.db?mode=ro"]
    {
        let refusal = refusal(url).await;
        assert!(matches!(refusal, StoreError::Url { .. }), "{url}: {refusal:?}");
    }
    let secret = refusal("postgres://ann:secret@[bad/crypto").await.to_string();
    assert!(secret.contains("ann") && !secret.contains("secret"), "{secret}");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "in the way").unwrap();
    let check = async |path: &Path, said: &str| {
        let refusal = refusal(&format!("sqlite://{}", path.display())).await;
        assert!(matches!(refusal, StoreError::File { .. }), "{refusal:?}");
        let text = refusal.to_string();
        assert!(text.contains(said) && text.contains(&path.display().to_string()), "{text}");
    };
    check(&blocked.join("crypto.db"), "its folder").await;
    check(folder.path(), "cannot be opened for writing").await;
    check(&blocked, "it is no SQLite database").await;
    check(Path::new("/proc/crypto/crypto.db"), "set database.url to another place").await;
    assert_eq!(std::fs::read_to_string(&blocked).unwrap(), "in the way");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refusal = refusal(&format!("postgres://ann:secret@127.0.0.1:{port}/crypto")).await;
    assert!(matches!(refusal, StoreError::Unavailable { .. }), "{refusal:?}");
    let text = refusal.to_string();
    assert!(
        text.contains(&format!("ann@127.0.0.1:{port}/crypto")) && text.contains("is the server running?"),
        "{text}"
    );
    assert!(!text.contains("secret"));
}

#[tokio::test]
async fn a_missing_postgres_database_is_named_with_the_remedy() {
    let url = testkit::postgres_url().await.replace("/t_", "/missing_");
    let text = refusal(&url).await.to_string();
    assert!(text.contains("/missing_") && text.contains("createdb"), "{text}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_by_both() {
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (999999, 'from the future', TRUE, '', 0)";
    let folder = tempdir().unwrap();
    let url = sqlite_url(&folder);
    store::open(&url).await.unwrap().close().await;
    SqliteConnection::connect(&url).await.unwrap().execute(newer).await.unwrap();
    let sqlite = refusal(&url).await;

    let url = testkit::postgres_url().await;
    store::open(&url).await.unwrap().close().await;
    PgConnection::connect(&url).await.unwrap().execute(newer).await.unwrap();
    for refusal in [sqlite, refusal(&url).await] {
        assert!(matches!(refusal, StoreError::Migration { .. }), "{refusal:?}");
        assert!(
            refusal.to_string().contains("newer version of this program (schema step 999999)"),
            "{refusal}"
        );
    }
}

#[tokio::test]
async fn a_value_from_nowhere_is_corrupt_not_a_panic() {
    let folder = tempdir().unwrap();
    let url = sqlite_url(&folder);
    let store = store::open(&url).await.unwrap();
    let ann = user(&store, "ann").await;
    let (one, other) = (enqueue(&store, ann, "a", 0).await, enqueue(&store, ann, "b", 0).await);
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute("UPDATE jobs SET state = 'paused' WHERE title = 'a'").await.unwrap();
    connection.execute("UPDATE jobs SET worker = 'w' WHERE title = 'b'").await.unwrap();
    for job in [one.id, other.id] {
        let error = store.job(ann, job).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
        assert!(error.to_string().contains(&job.to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_look_at_a_database_says_how_it_stands_and_makes_nothing() {
    let folder = tempdir().unwrap();
    let (sqlite, postgres) = (sqlite_url(&folder), testkit::postgres_url().await);
    for url in [&sqlite, &postgres] {
        assert_eq!(store::inspect(url).await.unwrap().schema, Schema::Missing, "{url}");
        assert_eq!(store::inspect(url).await.unwrap().schema, Schema::Missing, "{url}: still");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    for url in [&sqlite, &postgres] {
        let open = store::open(url).await.unwrap();
        let seen = store::inspect(url).await.unwrap();
        assert!(matches!(seen.schema, Schema::Current { step: 1.. }), "{seen:?}");
        assert_eq!(seen.location, open.location());
        open.close().await;
        assert_eq!(store::inspect(url).await.unwrap(), seen, "also while nobody uses it");
    }
    let file = sqlite.strip_prefix("sqlite://").unwrap();
    let files = std::fs::read_dir(Path::new(file).parent().unwrap()).unwrap();
    assert_eq!(files.count(), 1, "the database without a log beside it");
}

#[tokio::test]
async fn a_look_at_a_damaged_file_says_so() {
    let folder = tempdir().unwrap();
    let url = sqlite_url(&folder);
    store::open(&url).await.unwrap().close().await;
    let path = url.strip_prefix("sqlite://").unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    // The pages of tables and indexes, not the first one with the list of them.
    for byte in &mut bytes[4096 * 2..4096 * 6] {
        *byte = 0x5a;
    }
    std::fs::write(path, &bytes).unwrap();
    let text = store::inspect(&url).await.unwrap_err().to_string();
    assert!(text.contains(path) && text.contains("damaged; restore it from a backup"), "{text}");
    std::fs::write(path, "a letter to somebody").unwrap();
    let text = store::inspect(&url).await.unwrap_err().to_string();
    assert!(text.contains("no SQLite database"), "{text}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "a letter to somebody");
}
