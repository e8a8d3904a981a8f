//! Keeps where things lie on the server out of what users read.
//!
//! Messages of stores and importers name files by their whole path, which is right on the command line. A page says the same with what
//! its reader knows: the name of the uploaded file, the lake.

use std::path::Path;

/// Folders that have a name for users.
#[derive(Debug)]
pub(crate) struct Places {
    uploads: String,
    named: Vec<(String, &'static str)>,
}

impl Places {
    pub(crate) fn new(uploads: &Path, lake: &Path, data: &Path, config: &Path) -> Self {
        let mut named = Vec::new();
        for (path, name) in
            [(lake, "the lake"), (data, "the data folder"), (config, "the configuration folder")]
        {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            // A relative path such as `data` is also a word; only whole paths are told from words.
            let path = text(&absolute);
            if !path.is_empty() {
                named.push((path, name));
            }
        }
        // The lake lies in the data folder: the longest path goes first.
        named.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        Self { uploads: text(&std::path::absolute(uploads).unwrap_or_else(|_| uploads.to_owned())), named }
    }

    /// Returns the text with every path of ours named as users know it.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut text = without_uploads(text, &self.uploads);
        for (path, name) in &self.named {
            if text.contains(path.as_str()) {
                text = text.replace(path.as_str(), name);
            }
        }
        text
    }
}

fn text(path: &Path) -> String {
    path.display().to_string().trim_end_matches('/').to_owned()
}

/// Takes out the folder of an upload, which is one of ours with a name that nobody chose.
fn without_uploads(text: &str, uploads: &str) -> String {
    let prefix = format!("{uploads}/");
    let mut left = text;
    let mut shown = String::with_capacity(text.len());
    while let Some((before, after)) = left.split_once(&prefix) {
        shown.push_str(before);
        left =
            after.split_once('/').filter(|(folder, _)| !folder.contains(' ')).map_or(after, |(_, file)| file);
    }
    shown + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_ours_become_what_users_know_and_other_text_stays() {
        let data = Path::new("/srv/crypto/data");
        let places = Places::new(&data.join("uploads"), &data.join("lake"), data, Path::new("/etc/crypto"));
        for (said, shown) in [
            ("/srv/crypto/data/uploads/0190-ab/a b.csv:3: no number", "a b.csv:3: no number"),
            ("a.csv and /srv/crypto/data/uploads/x/b.zip", "a.csv and b.zip"),
            ("cannot write /srv/crypto/data/lake/exchange=x: no", "cannot write the lake/exchange=x: no"),
            ("disk of /srv/crypto/data is full", "disk of the data folder is full"),
            ("see /etc/crypto/exchanges.yaml", "see the configuration folder/exchanges.yaml"),
            ("data of the exchange / is fine", "data of the exchange / is fine"),
        ] {
            assert_eq!(places.hide(said), shown);
        }
    }
}
