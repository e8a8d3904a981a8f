//! Empty PostgreSQL databases for tests.
//!
//! They lie in the throw-away cluster named by `CRYPTO_TEST_POSTGRES_URL`; without it `scripts/postgres.sh` starts one for this process
//! and takes it down when the process is gone. Unlike the rest of this crate it talks to the world: it is the world the tests want.
#![expect(
    clippy::disallowed_methods,
    reason = "names of databases must be new, and the environment says where they lie"
)]

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

/// Returns the URL of a new, empty database.
///
/// # Panics
/// When there is no PostgreSQL: then the tests that want one cannot say anything.
pub async fn postgres_url() -> String {
    let admin = cluster();
    let name = format!("t_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(admin).await.expect("the cluster answers");
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a new database");
    connection.close().await.expect("a closed connection");
    database_of(admin, &name)
}

/// Returns the URL of another database of the same server.
pub(crate) fn database_of(admin: &str, name: &str) -> String {
    let (address, options) = admin.split_once('?').map_or((admin, None), |(a, o)| (a, Some(o)));
    let (server, _) = address.rsplit_once('/').expect("a URL ends in the name of a database");
    options.map_or(format!("{server}/{name}"), |options| format!("{server}/{name}?{options}"))
}

fn cluster() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        std::env::var("CRYPTO_TEST_POSTGRES_URL").unwrap_or_else(|_| start("postgres.sh", "crypto-pg"))
    })
}

/// Starts what `script` starts, in a folder of its own named after `name`, until this process ends. Returns its URL.
pub(crate) fn start(script: &str, name: &str) -> String {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let script = Path::new(&crate_folder)
        .ancestors()
        .map(|folder| folder.join("scripts").join(script))
        .find(|script| script.is_file())
        .expect("the checkout has the script");
    // Under /tmp, whatever TMPDIR says: the path of a socket is short, and another user must get there.
    let folder = format!("/tmp/{name}-{}", Uuid::now_v7().simple());
    let pid = std::process::id().to_string();
    let started = Command::new(script).args(["start", &folder, &pid]).output().expect("the script runs");
    let complaint = String::from_utf8_lossy(&started.stderr);
    assert!(
        started.status.success(),
        "these tests need a database, which `make test` installs; or name a throw-away server in \
         CRYPTO_TEST_POSTGRES_URL or CRYPTO_TEST_TIMESCALE_URL.\n{complaint}"
    );
    String::from_utf8_lossy(&started.stdout).trim().to_owned()
}
