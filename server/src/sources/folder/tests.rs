//! Files dropped by hand.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use super::*;
use crate::sources::tests::dataflow;

#[test]
fn files_of_the_format_are_taken_in_order_and_others_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let egdi = dataflow("UN_EGDI");
    assert_eq!(read(folder.path(), &egdi).unwrap(), []);
    let below = folder.path().join("UN_EGDI");
    fs::create_dir(&below).unwrap();
    for name in ["EGOV_DATA_2022.csv", "EGOV_DATA_2020.CSV", "notes.txt", ".hidden.csv", "EGOV_DATA_2024.csv.part"] {
        fs::write(below.join(name), name).unwrap();
    }
    fs::create_dir(below.join("folder.csv")).unwrap();
    let parts: Vec<String> = read(folder.path(), &egdi).unwrap().into_iter().map(|file| file.part).collect();
    assert_eq!(parts, ["EGOV_DATA_2020.CSV", "EGOV_DATA_2022.csv"]);
    fs::write(below.join("huge.csv"), vec![b'x'; egdi.max_bytes + 1]).unwrap();
    assert!(matches!(read(folder.path(), &egdi), Err(FolderError::TooLarge { .. })));
}
