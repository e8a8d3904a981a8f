//! `crypto config validate|schema`: every problem at once with its place, and what editors need to complete YAML.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use config::{ConfigFile, Diagnostic, Sources, json_schema};
use serde_json::json;

use crate::output::{Failure, Kind, Output};
use crate::wiring::{Folders, check_sources, read_source, read_sources, render_all, render_each};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigVerb {
    /// Check the configuration folder, or only the named files
    Validate {
        /// Files named settings.yaml, exchanges.yaml, strategies.yaml or backtests.yaml, or a folder with them
        paths: Vec<PathBuf>,
    },
    /// Print the JSON Schema of one of the four files
    Schema {
        /// settings, exchanges, strategies or backtests
        file: ConfigFile,
    },
}

pub(super) fn run(verb: ConfigVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    match verb {
        ConfigVerb::Validate { paths } => validate(&paths, folders, output),
        ConfigVerb::Schema { file } => output.json(&json_schema(file)),
    }
}

fn validate(paths: &[PathBuf], folders: &Folders, output: Output) -> Result<(), Failure> {
    let sources = match paths {
        [] => read_sources(&folders.config)?,
        [folder] if folder.is_dir() => read_sources(folder)?,
        files => read_files(files)?,
    };
    let (config, diagnostics) = check_sources(&sources);
    let failure = config.is_none().then(|| {
        let failure = Failure::new(Kind::InvalidConfiguration, "the configuration is not valid");
        match diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
            Some(first) => failure.at(format!("{}:{}:{}", first.file, first.line, first.column)),
            None => failure,
        }
    });
    if output.is_json() {
        let mut document = json!({ "valid": config.is_some(), "diagnostics": diagnostics });
        if let Some(failure) = &failure {
            document["error"] = failure.error();
        }
        output.json(&document)?;
    } else if diagnostics.iter().any(Diagnostic::is_error) {
        output.text(&render_all(&sources, &diagnostics))?;
    } else {
        let files: Vec<&str> = ConfigFile::ALL
            .into_iter()
            .filter_map(|file| sources.get(file))
            .map(|source| source.name.as_str())
            .collect();
        let files = if files.is_empty() { "no files, all defaults".to_owned() } else { files.join(", ") };
        output.text(&format!("{}valid: {files}", render_each(&sources, &diagnostics)))?;
    }
    failure.map_or(Ok(()), Err)
}

fn read_files(files: &[PathBuf]) -> Result<Sources, Failure> {
    let mut sources = Sources::default();
    for path in files {
        // A path that leads nowhere is told before its name is judged.
        let source = read_source(path)?;
        sources.set(kind_of(path)?, source);
    }
    Ok(sources)
}

fn kind_of(path: &Path) -> Result<ConfigFile, Failure> {
    path.display()
        .to_string()
        .parse()
        .map_err(|error: config::ParseConfigFileError| Failure::usage(error.to_string()))
}
