//! The exchanges: whether they answer, and how far this machine's clock is from theirs.

use std::time::Duration;

use config::{Config, ExchangeSettings};
use futures::future::join_all;

use super::finding::Finding;
use crate::wiring::{Exchanges, now};

const CHECK: &str = "exchange";
/// How long an exchange may take, retries included.
const PATIENCE: Duration = Duration::from_secs(20);
/// From this difference on exchanges begin to refuse signed requests.
const MUCH_MS: i64 = 1000;

/// Asks all of them at once.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let exchanges = match Exchanges::new(config) {
        Ok(exchanges) => exchanges,
        Err(error) => return vec![Finding::failed(CHECK, &error)],
    };
    join_all(exchanges.settings().map(|settings| ask(&exchanges, settings))).await
}

async fn ask(exchanges: &Exchanges, settings: &ExchangeSettings) -> Finding {
    let id = &settings.id;
    let exchange = match exchanges.get(id) {
        Ok(exchange) => exchange,
        Err(reason) => {
            return Finding::problem(CHECK, format!("{id}: {reason}"), "check its entry in exchanges.yaml");
        }
    };
    let reason = match tokio::time::timeout(PATIENCE, exchange.server_time()).await {
        // The exchange's clock is known to be behind the truth by the way of its answer, at most: so small a difference is none.
        Ok(Ok(_)) => return judge(id.as_str(), exchange.clock().now().ms_since(now())),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer in {} s", PATIENCE.as_secs()),
    };
    if settings.synthetic {
        let remedy = "where it is wanted, `crypto serve --demo-exchange` or `crypto exchange-sim` serves it";
        return Finding::warning(CHECK, format!("{id} (made-up market) does not answer: {reason}"), remedy);
    }
    let remedy = "check this machine's network, and base_url in exchanges.yaml; some exchanges serve not every country";
    Finding::problem(CHECK, format!("{id} does not answer: {reason}"), remedy)
}

fn judge(id: &str, ahead_ms: i64) -> Finding {
    let direction = if ahead_ms > 0 { "behind" } else { "ahead of" };
    let message = format!("{id} answers; this machine's clock is {} ms {direction} its own", ahead_ms.abs());
    if ahead_ms.abs() < MUCH_MS {
        return Finding::ok(CHECK, message);
    }
    Finding::warning(CHECK, message, "let the system keep the time (NTP): `timedatectl set-ntp true`")
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_worth_a_look() {
        assert_eq!(judge("x", -999).status, Status::Ok);
        let found = judge("x", 61_000);
        assert_eq!(found.status, Status::Warning);
        assert_eq!(found.message, "x answers; this machine's clock is 61000 ms behind its own");
        assert!(judge("x", -5000).message.contains("5000 ms ahead of"));
    }
}
