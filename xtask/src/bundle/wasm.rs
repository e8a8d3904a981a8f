//! The frontend crate to `pkg/crypto.{js,wasm}`: cargo, then wasm-bindgen, then wasm-opt.
//!
//! wasm-bindgen runs as a library pinned to the crate's version: nothing to install, no version to get wrong.
//! The names are those that leptos asks for when `LEPTOS_OUTPUT_NAME` is `crypto`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    bundle::{Mode, site::Site, stamp::Stamp},
    paths::Paths,
    say,
};

const TRIPLE: &str = "wasm32-unknown-unknown";
const OUTPUT_NAME: &str = "crypto";
/// The features that rustc uses beyond the first version of WebAssembly. `-O1` on purpose: on this module `-Oz` takes four
/// times as long and makes 13 % less of the bytes but 10 % more of the compressed ones, and those are what a visitor waits for.
///
/// Functions in the order of their names: what was compiled from one generic function stands together, and compresses better. The names
/// themselves are stripped.
const WASM_OPT_FLAGS: [&str; 11] = [
    "-O1",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the wasm if needed and puts it into the site.
pub(crate) fn add(paths: &Paths, mode: Mode, site: &mut Site) -> Result<()> {
    let compiled = compile(paths, mode)?;
    let wasm = fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let lock = fs::read(paths.repo.join("package-lock.json")).unwrap_or_default();
    let output = paths.front().join("bundle").join(mode.profile().0);
    let flags = WASM_OPT_FLAGS.join(" ");
    let stamp = Stamp::new(&output, &[&wasm, &lock, flags.as_bytes()]);
    let pkg = output.join("pkg");
    if !stamp.is_fresh() {
        if pkg.exists() {
            fs::remove_dir_all(&pkg).with_context(|| format!("cannot clear {}", pkg.display()))?;
        }
        bind(&compiled, &pkg)?;
        optimise(paths, &pkg, mode)?;
        stamp.set()?;
    }
    site.put_tree(&pkg, "pkg")
}

/// Runs cargo for the frontend crate and returns the path of the module.
fn compile(paths: &Paths, mode: Mode) -> Result<PathBuf> {
    let (profile, folder) = mode.profile();
    say(&format!("compiling the browser half (profile {profile})"));
    let status = Command::new(paths.repo.join("scripts/wasm-cargo.sh"))
        .args(["build", "--package", "frontend", "--lib", "--target", TRIPLE, "--profile", profile])
        .env("WASM_TARGET_DIR", paths.front())
        .current_dir(&paths.repo)
        .status()
        .context("cannot run scripts/wasm-cargo.sh")?;
    ensure!(status.success(), "the browser half did not compile");
    Ok(paths.front().join(TRIPLE).join(folder).join("frontend.wasm"))
}

/// Writes `crypto.js` and the module that it loads.
fn bind(module: &Path, pkg: &Path) -> Result<()> {
    say("generating the JavaScript bindings (wasm-bindgen)");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .web(true)
        .map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?
        .out_name(OUTPUT_NAME)
        .typescript(false)
        .omit_default_module_path(true)
        .keep_debug(false);
    bindgen.generate(pkg).map_err(|error| anyhow!("wasm-bindgen: {error:#}"))
}

/// Shrinks the module (release) and gives it the name that pages ask for.
fn optimise(paths: &Paths, pkg: &Path, mode: Mode) -> Result<()> {
    let bound = pkg.join(format!("{OUTPUT_NAME}_bg.wasm"));
    let wanted = pkg.join(format!("{OUTPUT_NAME}.wasm"));
    if mode == Mode::Dev {
        return fs::rename(&bound, &wanted).context("cannot rename the module");
    }
    say("optimising the module (wasm-opt)");
    let tool = paths.repo.join("node_modules/.bin/wasm-opt");
    ensure!(tool.exists(), "wasm-opt is not installed; run: npm ci");
    let status = Command::new(&tool)
        .args(WASM_OPT_FLAGS)
        .arg(&bound)
        .arg("-o")
        .arg(&wanted)
        .status()
        .with_context(|| format!("cannot run {}", tool.display()))?;
    ensure!(status.success(), "wasm-opt failed on {}", bound.display());
    fs::remove_file(&bound).context("cannot remove the unoptimised module")
}
