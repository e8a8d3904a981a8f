//! Everything in the site that is not compiled: CSS, static files and the chart library.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::bundle::site::{Site, files_below};

const CHARTS: &str = "node_modules/lightweight-charts";
/// The attribution that the chart library's licence asks to be kept with it.
const CHARTS_NOTICE: &str = "TradingView Lightweight Charts\u{2122}\n\
    Copyright (c) TradingView, Inc. https://www.tradingview.com/\n\
    Licensed under the Apache License, Version 2.0: see lightweight-charts.LICENSE.txt beside this file.\n";

/// Puts `pkg/crypto.css`, `public/` and `vendor/`.
pub(crate) fn add(repo: &Path, site: &mut Site) -> Result<()> {
    site.put("pkg/crypto.css", stylesheet(&repo.join("style"))?.as_bytes())?;
    site.put_tree(&repo.join("public"), "")?;
    add_charts(&repo.join(CHARTS), site)
}

/// All of `style/` in one file: `main.css` first, the others in name order.
fn stylesheet(folder: &Path) -> Result<String> {
    let mut sheets: Vec<PathBuf> = files_below(folder)?;
    sheets.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    sheets.sort_by_key(|path| (path.file_name().is_none_or(|name| name != "main.css"), path.clone()));
    let mut css = String::new();
    for sheet in &sheets {
        css.push_str(&fs::read_to_string(sheet).with_context(|| format!("cannot read {}", sheet.display()))?);
        css.push('\n');
    }
    Ok(css)
}

/// The chart library's production build as an ES module, with its licence.
fn add_charts(package: &Path, site: &mut Site) -> Result<()> {
    ensure!(package.exists(), "the chart library is not installed; run: npm ci");
    let read = |name: &str| {
        let path = package.join(name);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    site.put("vendor/lightweight-charts.js", &read("dist/lightweight-charts.standalone.production.mjs")?)?;
    site.put("vendor/lightweight-charts.LICENSE.txt", &read("LICENSE")?)?;
    site.put("vendor/lightweight-charts.NOTICE.txt", CHARTS_NOTICE.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_sheet_comes_first_and_the_rest_in_name_order() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.css", "a{}"), ("main.css", "m{}"), ("notes.txt", "no"), ("z.css", "z{}")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(stylesheet(folder.path()).unwrap(), "m{}\na{}\nz{}\n");
    }

    #[test]
    fn a_missing_chart_library_names_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site::open(folder.path().join("site")).unwrap();
        let error = add_charts(&folder.path().join("absent"), &mut site).unwrap_err();
        assert!(error.to_string().contains("npm ci"), "{error}");
    }
}
