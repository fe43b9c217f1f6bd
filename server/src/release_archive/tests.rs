//! Releases go in once, come out byte for byte, and damage is told of and passes nothing off as a release.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;

use indicators::definition::Panel;
use indicators::wire::IndexAnswer;
use jiff::civil::date;

use super::*;

const FIRST: Date = date(2026, 1, 5);
const SECOND: Date = date(2026, 3, 5);

fn release(id: &str, reference_year: i16) -> Release {
    let reference = ReleaseRef {
        id: id.to_owned(),
        panel: Panel::Regions,
        reference_year,
        framework: "kz-1.0.0".to_owned(),
        recipe: "r".to_owned(),
        data_as_of: None,
    };
    let answer = IndexAnswer { release: reference, national: None, index: Vec::new() };
    Release { answer, profiles: BTreeMap::new() }
}

fn names(folder: &Path) -> Vec<String> {
    let paths = files(&LocalDisk, folder).unwrap();
    paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_published_comes_out_again_whoever_opens_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("releases");
    let archive = ReleaseArchive::open(&root).unwrap();
    assert_eq!(archive.list(), []);
    let (old, new, other) = (release("a", 2023), release("b", 2023), release("c", 2024));
    archive.keep([&old, &other], FIRST).unwrap();
    archive.keep([&new, &other], SECOND).unwrap();
    for archive in [archive, ReleaseArchive::open(&root).unwrap()] {
        for release in [&old, &new, &other] {
            assert_eq!(archive.read(&release.reference().id).unwrap().as_ref(), Some(release));
        }
        assert_eq!(archive.read("d").unwrap(), None);
        let listed: Vec<(String, Date)> =
            archive.list().into_iter().map(|one| (one.reference.id, one.published_on)).collect();
        assert_eq!(listed, [("c".to_owned(), FIRST), ("b".to_owned(), SECOND), ("a".to_owned(), FIRST)]);
    }
}

#[test]
fn what_is_kept_already_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ReleaseArchive::open(folder.path()).unwrap();
    archive.keep([&release("a", 2023)], FIRST).unwrap();
    let before = names(folder.path());
    archive.keep([&release("a", 2023)], SECOND).unwrap();
    archive.keep([], SECOND).unwrap();
    assert_eq!((names(folder.path()), before.len()), (before, 1));
}

#[test]
fn a_damaged_file_is_told_of_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ReleaseArchive::open(folder.path()).unwrap();
    archive.keep([&release("a", 2023)], FIRST).unwrap();
    archive.keep([&release("b", 2024)], SECOND).unwrap();
    let damaged = folder.path().join(&names(folder.path())[0]);
    let whole = fs::read(&damaged).unwrap();
    // Wherever it is cut or changed, nothing comes out that did not go in.
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        for bytes in [&changed[..], &whole[..place]] {
            fs::write(&damaged, bytes).unwrap();
            let archive = ReleaseArchive::open(folder.path()).unwrap();
            if let Ok(Some(found)) = archive.read("a") {
                assert_eq!(found, release("a", 2023), "byte {place}");
            }
            assert_eq!(archive.read("b").unwrap(), Some(release("b", 2024)), "byte {place}");
            let listed: Vec<String> = archive.list().into_iter().map(|one| one.reference.id).collect();
            assert!(listed.iter().all(|id| matches!(id.as_str(), "a" | "b")), "byte {place}: {listed:?}");
        }
    }
    fs::write(&damaged, b"rubbish").unwrap();
    let archive = ReleaseArchive::open(folder.path()).unwrap();
    assert_eq!(archive.faults().len(), 1);
    assert!(archive.faults()[0].contains(damaged.file_name().unwrap().to_str().unwrap()), "{:?}", archive.faults());
    let (n_whole, faults) = check(folder.path()).unwrap();
    assert_eq!((n_whole, faults.len()), (1, 1));
}
