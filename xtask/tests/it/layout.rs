//! Folders, names and manifests follow one form, so that a newcomer finds anything with `ls`.

use crate::tree;

#[test]
fn no_module_is_named_mod_rs() {
    let offences: Vec<String> = tree::files()
        .iter()
        .filter(|path| path.file_name().is_some_and(|name| name == "mod.rs"))
        .map(|path| path.display().to_string())
        .collect();
    tree::expect_none("write foo.rs beside foo/ instead of foo/mod.rs", &offences);
}

#[test]
fn a_crate_folder_is_named_like_its_package() {
    let mut offences = Vec::new();
    for package in tree::metadata().workspace_packages() {
        let folder = package.manifest_path.parent().unwrap();
        if folder.file_name() != Some(package.name.as_str()) {
            offences.push(format!("{folder} holds package {}", package.name));
        }
    }
    tree::expect_none("name a crate's folder like the crate", &offences);
}

#[test]
fn every_crate_inherits_the_lints_the_edition_and_the_licence() {
    let mut offences = Vec::new();
    for package in tree::metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        for line in ["[lints]\nworkspace = true", "edition.workspace = true", "license.workspace = true"] {
            if !manifest.contains(line) {
                offences.push(format!("{}: no `{}`", package.name, line.replace('\n', " ")));
            }
        }
    }
    tree::expect_none("a crate inherits what the workspace decides", &offences);
}

#[test]
fn an_external_dependency_has_its_version_in_the_root_manifest() {
    let mut offences = Vec::new();
    for package in tree::metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        for line in
            manifest.lines().filter(|line| line.contains("version = \"") || line.contains("path = \".."))
        {
            offences.push(format!("{}: {line}", package.name));
        }
    }
    tree::expect_none(
        "write `name.workspace = true` and put the version into the root Cargo.toml",
        &offences,
    );
}
