//! Empty PostgreSQL databases that offer `TimescaleDB`, for tests.
//!
//! They lie in the server named by `CRYPTO_TEST_TIMESCALE_URL`; without it `scripts/timescale.sh` starts one for this process, and it
//! ends with the process. That one runs in WebAssembly: a connection at a time for each database, no `COPY`, and a database that
//! nobody is connected to for fifteen seconds is gone.
#![expect(
    clippy::disallowed_methods,
    reason = "names of databases must be new, and the environment says where they lie"
)]

use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::postgres::{database_of, start};

/// Returns the URL of a new, empty database that offers the extension and does not have it yet.
///
/// # Panics
/// When there is no such server: then the tests that want one cannot say anything.
pub async fn timescale_url() -> String {
    static OTHER: OnceLock<Option<String>> = OnceLock::new();
    static OWN: OnceLock<String> = OnceLock::new();
    let name = format!("t_{}", Uuid::now_v7().simple());
    if let Some(admin) = OTHER.get_or_init(|| std::env::var("CRYPTO_TEST_TIMESCALE_URL").ok()) {
        let mut connection = PgConnection::connect(admin).await.expect("the server answers");
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a new database");
        connection.close().await.expect("a closed connection");
        return database_of(admin, &name);
    }
    let url = database_of(OWN.get_or_init(|| start("timescale.sh", "crypto-ts")), &name);
    // The first connection makes the database, which takes its time.
    let connection = PgConnection::connect(&url).await.expect("the server makes a database");
    connection.close().await.expect("a closed connection");
    url
}
