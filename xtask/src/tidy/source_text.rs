//! What the text of the sources may say where.
//!
//! Words are looked for in code, not in comments, except for the few that may stand nowhere.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Problem;
use crate::workspace::Workspace;

/// A word that only some files may use.
struct Reserved {
    /// The word or path, bounded by characters that are no part of a name.
    word: &'static str,
    /// Files and folders it is looked for in.
    within: &'static [&'static str],
    /// Files, and folders ending in `/`, that may use it.
    only: &'static [&'static str],
    reason: &'static str,
}

/// Who may read the environment: the settings, the builds, and the proof whose length is the caller's choice.
const READS_THE_ENVIRONMENT: &[&str] = &[
    "server/src/config.rs",
    "server/src/config/",
    "server/build.rs",
    "frontend/build.rs",
    "server/src/simulation/tests.rs",
];

const RESERVED: [Reserved; 10] = [
    Reserved {
        word: "sled",
        within: &["server/", "indicators/", "frontend/", "tests/"],
        only: &["server/src/store.rs", "server/src/store/"],
        reason: "the embedded index is the store's own affair, so that it can be replaced",
    },
    Reserved {
        word: "reqwest",
        within: &["server/", "frontend/", "indicators/"],
        only: &["server/src/sources/client.rs", "server/src/sources/client/"],
        reason: "one client holds the limits, the retries and the list of allowed hosts",
    },
    Reserved {
        word: "env::var",
        within: &["server/", "frontend/", "indicators/"],
        only: READS_THE_ENVIRONMENT,
        reason: "the configuration is read once and handed on",
    },
    Reserved {
        word: "env::var_os",
        within: &["server/", "frontend/", "indicators/"],
        only: READS_THE_ENVIRONMENT,
        reason: "the configuration is read once and handed on",
    },
    Reserved {
        word: "env::vars",
        within: &["server/", "frontend/", "indicators/"],
        only: READS_THE_ENVIRONMENT,
        reason: "the configuration is read once and handed on",
    },
    Reserved {
        word: "env::vars_os",
        within: &["server/", "frontend/", "indicators/"],
        only: READS_THE_ENVIRONMENT,
        reason: "the configuration is read once and handed on",
    },
    Reserved {
        word: "leptos",
        within: &["server/"],
        only: &["server/src/pages.rs", "server/src/pages/"],
        reason: "the server has one door to the dashboard",
    },
    Reserved {
        word: "frontend",
        within: &["server/src/"],
        only: &["server/src/pages.rs", "server/src/pages/", "server/src/assets.rs"],
        reason: "the server has one door to the dashboard",
    },
    Reserved {
        word: "HashMap",
        within: &["indicators/src/"],
        only: &[],
        reason: "its order leaks into sums; use a BTreeMap",
    },
    Reserved {
        word: "SystemTime",
        within: &["indicators/src/", "frontend/src/"],
        only: &[],
        reason: "a result must not depend on when it is computed",
    },
];

/// Words that may stand in no text of the repository, comments included. Split, so that this list
/// does not find itself.
const NOWHERE: [(&str, &str, &str); 6] = [
    ("TO", "DO", "finish it, or say in the change log what is not done"),
    ("FIX", "ME", "fix it, or say in the change log what is wrong"),
    ("#[ig", "nore", "a test that does not run proves nothing"),
    ("/ro", "ot/", "a path of one machine"),
    ("/wo", "rk/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
];

/// File names that say nothing about what is inside.
const GRAB_BAGS: [&str; 6] = ["mod.rs", "util.rs", "utils.rs", "helpers.rs", "common.rs", "types.rs"];

/// Beyond this a file is asked whether it holds two ideas.
const LONG_FILE_LINES: usize = 400;

pub(super) fn check(workspace: &Workspace) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in workspace.files()? {
        let place = file.to_string_lossy().into_owned();
        if is_data(&file) {
            continue;
        }
        let bytes = fs::read(workspace.root.join(&file)).with_context(|| format!("reading {place}"))?;
        let Ok(text) = String::from_utf8(bytes) else { continue };
        problems.extend(check_text(&place, &text));
        if has_extension(&file, "rs") {
            problems.extend(check_rust(&place, &text));
        }
    }
    Ok(problems)
}

/// Recordings and pictures are kept as received; the lock file names other people's things.
fn is_data(file: &Path) -> bool {
    file.starts_with("fixtures") || file == Path::new("Cargo.lock") || has_extension(file, "snap")
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

fn check_text(place: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for (first, second, reason) in NOWHERE {
            let word = format!("{first}{second}");
            if line.contains(&word) {
                problems.push(Problem::fault(format!("{place}:{number}"), format!("`{word}`: {reason}")));
            }
        }
    }
    problems
}

fn check_rust(place: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if GRAB_BAGS.iter().any(|name| place.rsplit('/').next() == Some(*name)) {
        problems.push(Problem::fault(place, "name the idea that is inside"));
    }
    let mut first_lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("#!["));
    if !first_lines.next().is_some_and(|line| line.starts_with("//!")) && !place.ends_with("/tests.rs") {
        problems.push(Problem::fault(place, "begin with `//!`: what belongs here and what does not"));
    }
    let n_lines = text.lines().count();
    if n_lines > LONG_FILE_LINES && !place.ends_with("tests.rs") {
        problems.push(Problem::remark(place, format!("{n_lines} lines: are these two ideas?")));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let code = without_comment(line);
        for reserved in &RESERVED {
            let applies = reserved.within.iter().any(|folder| place.starts_with(folder))
                && !reserved.only.iter().any(|allowed| is_inside(place, allowed));
            if applies && has_word(code, reserved.word) {
                let message = format!("`{}` may not be named here: {}", reserved.word, reserved.reason);
                problems.push(Problem::fault(format!("{place}:{number}"), message));
            }
        }
    }
    problems
}

fn is_inside(place: &str, allowed: &str) -> bool {
    if allowed.ends_with('/') { place.starts_with(allowed) } else { place == allowed }
}

/// The line up to its comment. A `//` right after a colon is part of an address.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Whether the word stands in the line by itself, not as a part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(is_name)
            && !line[at + word.len()..].chars().next().is_some_and(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_code_only() {
        let check = |line: &str, expected: bool| {
            assert_eq!(has_word(without_comment(line), "sled"), expected, "{line}");
        };
        check("use sled::Db;", true);
        check("let db = sled::open(path)?;", true);
        check("// sled is beta", false);
        check("let url = \"https://sled.rs\"; // sled", true);
        check("let bobsled = 1;", false);
        check("let sled_path = 1;", false);
    }

    #[test]
    fn a_reserved_word_is_allowed_in_its_own_folder_only() {
        let text = "//! A module.\nuse sled::Db;\n";
        assert!(check_rust("server/src/store/blocks.rs", text).is_empty());
        assert!(check_rust("server/src/store.rs", text).is_empty());
        assert_eq!(check_rust("server/src/store_size.rs", text).len(), 1);
    }

    #[test]
    fn a_module_without_a_page_is_a_fault() {
        assert_eq!(check_rust("server/src/a.rs", "fn main() {}\n").len(), 1);
    }
}
