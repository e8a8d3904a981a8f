//! The database of users, jobs and results.

use store::{Inspection, Schema};

use super::finding::Finding;
use crate::wiring::{Configuration, Folders};

const CHECK: &str = "state";

pub(super) async fn check(configuration: &Configuration, folders: &Folders) -> Finding {
    match store::inspect(&configuration.database_url(folders)).await {
        Ok(Inspection { location, schema }) => judge(&location, schema),
        Err(error) => Finding::failed(CHECK, &error),
    }
}

fn judge(place: &str, schema: Schema) -> Finding {
    match schema {
        Schema::Missing => Finding::ok(CHECK, format!("{place}: nothing yet; the first start makes it")),
        Schema::Current { step } => Finding::ok(CHECK, format!("{place}: schema up to date (step {step})")),
        Schema::Behind { steps } => Finding::warning(
            CHECK,
            format!("{place}: {steps} steps of its schema are still to be taken"),
            "make a backup, then start `crypto serve`: it takes them by itself",
        ),
        Schema::Ahead { step } => Finding::problem(
            CHECK,
            format!("{place}: a newer version of this program has used it (step {step} of its schema)"),
            "use that version, or name another database in settings.yaml",
        ),
        Schema::Different { step } => Finding::problem(
            CHECK,
            format!("{place}: step {step} of its schema is not this program's, or broke off"),
            "restore it from a backup, or name another database in settings.yaml",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[test]
    fn what_the_next_start_mends_is_no_problem() {
        let status = |schema| judge("SQLite x", schema).status;
        assert_eq!(status(Schema::Missing), Status::Ok);
        assert_eq!(status(Schema::Current { step: 3 }), Status::Ok);
        assert_eq!(status(Schema::Behind { steps: 2 }), Status::Warning);
        assert_eq!(status(Schema::Ahead { step: 9 }), Status::Problem);
        assert_eq!(status(Schema::Different { step: 1 }), Status::Problem);
    }
}
