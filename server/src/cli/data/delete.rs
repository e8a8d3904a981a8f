//! `crypto data delete`: forgets a series and what is noted about it.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::Args;
use serde::Serialize;
use types::SeriesKey;

use super::{SeriesArguments, stored};
use crate::jobs::is_written;
use crate::output::{Failure, Kind, Output};
use crate::wiring::{Folders, House, open_state};

#[derive(Debug, Args)]
pub(in crate::cli) struct DeleteArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// Delete without asking; needed where nobody can be asked
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    series: &'a SeriesKey,
    deleted: u64,
}

pub(super) async fn run(
    arguments: DeleteArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    let house = House::open(folders).await?;
    let key = arguments.series.key();
    let summary = stored(&house, &key).await?;
    if let Some(state) = open_state(&house.configuration, folders).await? {
        let failed = |error: store::StoreError| Failure::failed(error.to_string());
        let is_busy = is_written(state.as_ref(), &key).await.map_err(failed)?;
        let is_followed =
            state.followed().await.map_err(failed)?.iter().any(|(followed, _)| *followed == key);
        state.close().await;
        if is_busy {
            let message = format!(
                "an import, download or repair of {key} waits or runs; let it end, or stop it, then delete"
            );
            return Err(Failure::new(Kind::Refused, message).at(&key));
        }
        if is_followed {
            output.notice(&format!(
                "warning: somebody has subscribed to {key}: `crypto serve` and `crypto daemon` will download it again"
            ));
        }
    }
    let what = format!("{key}: {} candles from {} to {}", summary.rows, summary.first, summary.last);
    if !arguments.yes && !is_confirmed(&what)? {
        return Err(Failure::failed("nothing was deleted").at(&key));
    }
    let deleted = house.candles.delete(&key).await.map_err(|error| Failure::failed(error.to_string()))?;
    if output.is_json() {
        return output.json(&Document { series: &key, deleted });
    }
    output.text(&format!("{key}: {deleted} candles deleted"))
}

/// Asks whoever sits at the terminal.
fn is_confirmed(what: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::usage(format!(
            "nothing was deleted of {what}; add --yes to delete it without being asked"
        )));
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "Delete {what}? This cannot be undone. Type yes: ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
