//! Redis, where the settings name one.

use std::time::Duration;

use config::redact_url;
use redis::{AsyncConnectionConfig, Client, RedisError};

use super::finding::Finding;

const CHECK: &str = "cache";
/// How long Redis may take for each of connecting and answering.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn check(url: &str) -> Finding {
    if url == "memory" {
        return Finding::ok(CHECK, "in memory: right for one process");
    }
    let place = redact_url(url);
    match ask(url).await {
        Ok(version) => Finding::ok(CHECK, format!("{place}: Redis {version}")),
        Err(error) => Finding::problem(
            CHECK,
            format!("{place} does not answer: {}", said(&error)),
            "start it or check cache.url in settings.yaml; until then every process keeps to a part of each request budget, and \
             live candles stay in their process",
        ),
    }
}

/// Returns Redis's version.
async fn ask(url: &str) -> Result<String, RedisError> {
    let limits = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let mut connection = Client::open(url)?.get_multiplexed_async_connection_with_config(&limits).await?;
    let about: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await?;
    let version = about.lines().find_map(|line| line.strip_prefix("redis_version:"));
    Ok(version.unwrap_or("of an unknown version").trim().to_owned())
}

/// What the library says, and its cause where it keeps that to itself.
fn said(error: &RedisError) -> String {
    let text = error.to_string();
    match std::error::Error::source(error).map(ToString::to_string) {
        Some(cause) if !text.contains(&cause) => format!("{text} ({cause})"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[tokio::test]
    async fn a_redis_that_is_there_tells_its_version() {
        let found = check(testkit::redis_url()).await;
        assert_eq!(found.status, Status::Ok, "{found:?}");
        let version = found.message.rsplit_once("Redis ").map(|(_, version)| version);
        assert!(
            version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit())),
            "{found:?}"
        );
        assert_eq!(check("memory").await.status, Status::Ok);
    }

    #[tokio::test]
    async fn one_that_is_not_is_told_without_its_password() {
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("its number")
            .port();
        let found = check(&format!("redis://me:hunter2@127.0.0.1:{port}")).await;
        assert_eq!(found.status, Status::Problem);
        assert!(found.message.starts_with("redis://me:***@127.0.0.1"), "{found:?}");
        assert!(!format!("{found:?}").contains("hunter2"));
    }
}
