//! An installation as two processes on one database, a worker and a web, each of which may die at any moment.

use super::fast_exchange::FastExchange;
use crate::web::browser::Browser;
use crate::web::installation::{Installation, Server};
use crate::web::process::Process;

/// Who dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Victim {
    Worker,
    Web,
}

/// The worker and the web, both alive between calls.
pub(crate) struct TwoProcesses<'a> {
    installation: &'a Installation,
    variables: Vec<(&'static str, String)>,
    worker: Process,
    web: Server,
    /// A visitor who stays signed in however often the web dies.
    pub(crate) browser: Browser,
}

impl<'a> TwoProcesses<'a> {
    pub(crate) async fn start(
        installation: &'a Installation,
        exchange: &FastExchange,
        more: &[(&'static str, &str)],
    ) -> Self {
        let variables = exchange.variables(more);
        let worker = start_worker(installation, &variables);
        let web = start_web(installation, &variables);
        let browser = Browser::signed_in(&web, "alice").await;
        Self { installation, variables, worker, web, browser }
    }

    pub(crate) fn kill(&mut self, victim: Victim) {
        match victim {
            Victim::Worker => self.worker.kill(),
            Victim::Web => self.web.kill(),
        }
    }

    /// Starts again who was killed. The pages of a new web answer, and it knows the visitor.
    pub(crate) async fn start_again(&mut self, victim: Victim) {
        match victim {
            Victim::Worker => self.worker = start_worker(self.installation, &self.variables),
            Victim::Web => {
                self.web = start_web(self.installation, &self.variables);
                let browser = Browser::new(&self.web);
                assert_eq!(browser.open("/signin").await.status, 200);
                browser.take_session(self.browser.session());
                self.browser = browser;
            }
        }
    }
}

fn start_worker(installation: &Installation, variables: &[(&'static str, String)]) -> Process {
    installation.work_with(&borrowed(variables))
}

fn start_web(installation: &Installation, variables: &[(&'static str, String)]) -> Server {
    installation.serve_with(&["--role", "web"], &borrowed(variables))
}

pub(crate) fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
