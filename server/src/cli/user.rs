//! `crypto user add|passwd|list`: accounts of the web interface, from the machine it runs on.

use std::io::{self, BufRead as _, IsTerminal as _};

use clap::Subcommand;
use serde::Serialize;
use store::{NewUser, Role, Store, StoreError, User};

use crate::auth::{check_name, check_password, hash};
use crate::output::{Failure, Kind, Output, table};
use crate::wiring::{Folders, now, open_store, read_configuration};

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
    /// List the accounts
    List,
}

#[derive(Debug, Serialize)]
struct UserRow {
    name: String,
    role: Role,
    created_at: types::Timestamp,
}

impl From<User> for UserRow {
    fn from(user: User) -> Self {
        Self { name: user.name, role: user.role, created_at: user.created_at }
    }
}

pub(super) async fn run(verb: UserVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    let configuration = read_configuration(folders)?;
    let store = open_store(&configuration, folders).await?;
    match verb {
        UserVerb::Add { name, admin } => add(store.as_ref(), &name, admin, output).await,
        UserVerb::Passwd { name } => passwd(store.as_ref(), &name, output).await,
        UserVerb::List => list(store.as_ref(), output).await,
    }
}

async fn add(store: &dyn Store, name: &str, is_admin: bool, output: Output) -> Result<(), Failure> {
    check_name(name).map_err(|problem| Failure::usage(format!("'{name}' cannot be a name: {problem}")))?;
    let is_first = store.count_users().await.map_err(unavailable)? == 0;
    let password = read_password(name)?;
    let role = if is_admin || is_first { Role::Admin } else { Role::Member };
    let new = NewUser { name: name.to_owned(), role, password_hash: hash(password).await? };
    let user = store.create_user(new, now()).await.map_err(|error| match error {
        StoreError::Conflict { .. } => Failure::failed(format!("there is an account named '{name}' already")),
        other => unavailable(other),
    })?;
    if output.is_json() {
        return output.json(&UserRow::from(user));
    }
    output.text(&format!("added {} '{}'", user.role, user.name))
}

async fn passwd(store: &dyn Store, name: &str, output: Output) -> Result<(), Failure> {
    let found = store.credentials(name).await.map_err(unavailable)?;
    let user = found.ok_or_else(|| Failure::not_found(format!("there is no account named '{name}'")))?.user;
    let password = read_password(&user.name)?;
    let user = store.set_password_hash(user.id, &hash(password).await?).await.map_err(unavailable)?;
    store.delete_user_sessions(user.id, None).await.map_err(unavailable)?;
    store.clear_login_failures(&user.name).await.map_err(unavailable)?;
    if output.is_json() {
        return output.json(&UserRow::from(user));
    }
    output.text(&format!("'{}' has a new password; all its sessions have ended", user.name))
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
        .map(|user| vec![user.name, user.role.to_string(), user.created_at.to_string()])
        .collect();
    output.text(&table(&["name", "role", "created (UTC)"], &rows))
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
    check_password(name, &password)
        .map_err(|problem| Failure::new(Kind::Refused, format!("the password is not accepted: {problem}")))?;
    Ok(password)
}
