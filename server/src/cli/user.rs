//! `crypto user …`: accounts of the web interface, from the machine it runs on.

use std::io::{self, BufRead as _, IsTerminal as _};

use clap::Subcommand;
use serde::Serialize;
use store::{Role, Store, StoreError, User};

use crate::accounts::{AccountProblem, Accounts};
use crate::auth::{check_name, check_password};
use crate::output::{Failure, Kind, Output, table};
use crate::wiring::{Folders, open_store, read_configuration};

#[derive(Debug, Subcommand)]
pub(super) enum UserVerb {
    /// Add an account; the password is asked for, or read from standard input
    Add {
        /// The name to sign in with
        name: String,
        /// Make it an administrator; the first account always is one
        #[arg(long)]
        admin: bool,
    },
    /// Set a new password; every session of the account ends
    Passwd {
        /// The account's name
        name: String,
    },
    /// Make an account an administrator's or a member's
    Role {
        /// The account's name
        name: String,
        /// What it may do
        #[arg(value_parser = ["admin", "member"])]
        role: String,
    },
    /// Keep a user out: every session of the account ends, its work stays
    Disable {
        /// The account's name
        name: String,
    },
    /// Let a disabled user in again
    Enable {
        /// The account's name
        name: String,
    },
    /// List the accounts
    List,
}

#[derive(Debug, Serialize)]
struct UserRow {
    name: String,
    role: Role,
    created_at: types::Timestamp,
    disabled_at: Option<types::Timestamp>,
}

impl From<User> for UserRow {
    fn from(user: User) -> Self {
        Self { name: user.name, role: user.role, created_at: user.created_at, disabled_at: user.disabled_at }
    }
}

pub(super) async fn run(verb: UserVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    let configuration = read_configuration(folders)?;
    let store = open_store(&configuration, folders).await?;
    let (store, accounts) = (store.as_ref(), Accounts(store.as_ref()));
    match verb {
        UserVerb::Add { name, admin } => add(accounts, &name, admin, output).await,
        UserVerb::Passwd { name } => passwd(accounts, &name, output).await,
        UserVerb::Role { name, role } => {
            let role =
                role.parse().map_err(|error: store::ParseRoleError| Failure::usage(error.to_string()))?;
            let user = accounts.by_name(&name).await.map_err(failure)?;
            let user = accounts.set_role(user.id, role).await.map_err(failure)?;
            told(user, output, |user| format!("'{}' is {} now", user.name, user.role))
        }
        UserVerb::Disable { name } => {
            let user = accounts.by_name(&name).await.map_err(failure)?;
            let user = accounts.disable(user.id).await.map_err(failure)?;
            told(user, output, |user| format!("'{}' is disabled; all its sessions have ended", user.name))
        }
        UserVerb::Enable { name } => {
            let user = accounts.by_name(&name).await.map_err(failure)?;
            let user = accounts.enable(user.id).await.map_err(failure)?;
            told(user, output, |user| format!("'{}' is enabled", user.name))
        }
        UserVerb::List => list(store, output).await,
    }
}

async fn add(accounts: Accounts<'_>, name: &str, is_admin: bool, output: Output) -> Result<(), Failure> {
    check_name(name).map_err(|problem| Failure::usage(format!("'{name}' cannot be a name: {problem}")))?;
    let password = read_password(name)?;
    let role = if is_admin { Role::Admin } else { Role::Member };
    let user = accounts.add(name, role, password).await.map_err(failure)?;
    told(user, output, |user| format!("added {} '{}'", user.role, user.name))
}

async fn passwd(accounts: Accounts<'_>, name: &str, output: Output) -> Result<(), Failure> {
    let user = accounts.by_name(name).await.map_err(failure)?;
    let password = read_password(&user.name)?;
    let user = accounts.set_password(&user, password, None).await.map_err(failure)?;
    told(user, output, |user| format!("'{}' has a new password; all its sessions have ended", user.name))
}

/// Says what was done with an account.
fn told(user: User, output: Output, text: impl Fn(&User) -> String) -> Result<(), Failure> {
    if output.is_json() { output.json(&UserRow::from(user)) } else { output.text(&text(&user)) }
}

/// Gives a problem its exit code.
#[expect(clippy::needless_pass_by_value, reason = "used as map_err's function")]
fn failure(problem: AccountProblem) -> Failure {
    match &problem {
        AccountProblem::Name(_) => Failure::usage(format!("this cannot be a name: {problem}")),
        AccountProblem::Password(_) => {
            Failure::new(Kind::Refused, format!("the password is not accepted: {problem}"))
        }
        AccountProblem::Unknown(_) => Failure::not_found(problem.to_string()),
        AccountProblem::LastAdministrator(_) => Failure::new(Kind::Refused, problem.to_string()),
        AccountProblem::Taken(_) | AccountProblem::Hash(_) | AccountProblem::Store(_) => {
            Failure::failed(problem.to_string())
        }
    }
}

async fn list(store: &dyn Store, output: Output) -> Result<(), Failure> {
    let users: Vec<UserRow> =
        store.users().await.map_err(unavailable)?.into_iter().map(UserRow::from).collect();
    if output.is_json() {
        return output.json(&users);
    }
    if users.is_empty() {
        return output.text("no accounts yet: open the web interface, or run `crypto user add NAME`");
    }
    let rows: Vec<Vec<String>> = users
        .into_iter()
        .map(|user| {
            let disabled = user.disabled_at.map_or_else(String::new, |at| at.to_string());
            vec![user.name, user.role.to_string(), user.created_at.to_string(), disabled]
        })
        .collect();
    output.text(&table(&["name", "role", "created (UTC)", "disabled (UTC)"], &rows))
}

#[expect(clippy::needless_pass_by_value, reason = "used as map_err's function")]
fn unavailable(error: StoreError) -> Failure {
    Failure::failed(error.to_string())
}

/// Asks twice on a terminal, reads one line elsewhere.
fn read_password(name: &str) -> Result<String, Failure> {
    let password = if io::stdin().is_terminal() {
        let first = rpassword::prompt_password(format!("Password for {name}: "))?;
        let second = rpassword::prompt_password("Once more: ")?;
        if first != second {
            return Err(Failure::usage("the two passwords differ; nothing was changed"));
        }
        first
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    check_password(name, &password).map_err(|problem| failure(AccountProblem::Password(problem)))?;
    Ok(password)
}
