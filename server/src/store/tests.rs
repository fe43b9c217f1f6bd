//! The store as its callers see it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::observation::ObsStatus;
use jiff::civil::date;

use super::*;

struct Fixture {
    folder: tempfile::TempDir,
    store: Store,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Self { folder, store }
    }

    fn reopen(self) -> Self {
        let Self { folder, store } = self;
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        Self { folder, store }
    }

    fn put(&self, day: Date, update: UpdateMode, observations: &[Observation]) -> PutOutcome {
        self.store.put_vintage(new_vintage(day, update), observations.to_vec()).unwrap()
    }

    /// `(area, period, value, vintage)` of everything known on a day.
    fn known(&self, as_of: Option<Date>) -> Vec<(String, String, Option<f64>, String)> {
        let stored = self.store.observations(&flow(), as_of).unwrap();
        stored
            .into_iter()
            .map(|StoredObservation { observation, vintage }| {
                let name = format!("{}.{}", vintage.date, vintage.sequence);
                (observation.area.to_string(), observation.period.to_string(), observation.value, name)
            })
            .collect()
    }
}

fn flow() -> DataflowId {
    "BNS_SDG_4_A_1".parse().unwrap()
}

fn new_vintage(day: Date, update: UpdateMode) -> NewVintage {
    NewVintage {
        dataflow: flow(),
        as_of: day,
        recorded_at: Timestamp::UNIX_EPOCH,
        run: "run-1".to_owned(),
        snapshots: vec![ContentHash::of(day.to_string().as_bytes())],
        update,
    }
}

fn obs(area: &str, period: &str, value: f64) -> Observation {
    Observation {
        series: serde_json::from_str(r#"{"indicator":"schools_with_internet"}"#).unwrap(),
        area: area.parse().unwrap(),
        period: period.parse().unwrap(),
        value: Some(value),
        status: ObsStatus::Normal,
    }
}

fn row(area: &str, period: &str, value: f64, vintage: &str) -> (String, String, Option<f64>, String) {
    (area.to_owned(), period.to_owned(), Some(value), vintage.to_owned())
}

const FIRST: Date = date(2019, 10, 2);
const SECOND: Date = date(2020, 12, 19);
const THIRD: Date = date(2024, 10, 24);

/// Three vintages of one table, as the bureau published them: the second adds a year and revises
/// one, the third no longer has the early years.
fn three_vintages(update: UpdateMode) -> Fixture {
    let fixture = Fixture::new();
    fixture.put(FIRST, update, &[obs("KZ-11", "2017", 85.6), obs("KZ-11", "2018", 92.9)]);
    fixture.put(SECOND, update, &[obs("KZ-11", "2018", 93.1), obs("KZ-11", "2019", 100.0)]);
    fixture.put(THIRD, update, &[obs("KZ-11", "2019", 100.0), obs("KZ-11", "2020", 99.0)]);
    fixture
}

#[test]
fn merged_vintages_keep_what_a_newer_file_leaves_out() {
    let fixture = three_vintages(UpdateMode::Merge).reopen();
    let expected = [
        row("KZ-11", "2017", 85.6, "2019-10-02.1"),
        row("KZ-11", "2018", 93.1, "2020-12-19.1"),
        row("KZ-11", "2019", 100.0, "2020-12-19.1"),
        row("KZ-11", "2020", 99.0, "2024-10-24.1"),
    ];
    assert_eq!(fixture.known(None), expected);
}

#[test]
fn replacing_vintages_withdraw_what_a_newer_file_leaves_out() {
    let fixture = three_vintages(UpdateMode::Replace);
    let expected = [row("KZ-11", "2019", 100.0, "2020-12-19.1"), row("KZ-11", "2020", 99.0, "2024-10-24.1")];
    assert_eq!(fixture.known(None), expected);
}

#[test]
fn as_of_takes_the_newest_vintage_not_after_the_day() {
    let fixture = three_vintages(UpdateMode::Merge);
    let check = |day: Date, expected: Option<&str>| {
        let newest = fixture.store.newest(&flow(), Some(day)).unwrap();
        assert_eq!(newest.map(|vintage| vintage.id.to_string()).as_deref(), expected, "{day}");
    };
    check(date(2019, 10, 1), None);
    check(FIRST, Some("BNS_SDG_4_A_1@2019-10-02.1"));
    check(date(2020, 12, 18), Some("BNS_SDG_4_A_1@2019-10-02.1"));
    check(SECOND, Some("BNS_SDG_4_A_1@2020-12-19.1"));
    check(date(2030, 1, 1), Some("BNS_SDG_4_A_1@2024-10-24.1"));
    assert_eq!(fixture.known(Some(date(2019, 1, 1))), []);
    let first = [row("KZ-11", "2017", 85.6, "2019-10-02.1"), row("KZ-11", "2018", 92.9, "2019-10-02.1")];
    assert_eq!(fixture.known(Some(FIRST)), first);
}

#[test]
fn the_same_observations_write_nothing() {
    let fixture = three_vintages(UpdateMode::Merge);
    let pairs = || fixture.store.index.scan(b"").count();
    let before = pairs();
    let outcome =
        fixture.put(date(2025, 1, 1), UpdateMode::Merge, &[obs("KZ-11", "2020", 99.0), obs("KZ-11", "2019", 100.0)]);
    assert_eq!(outcome, PutOutcome::Unchanged("BNS_SDG_4_A_1@2024-10-24.1".parse().unwrap()));
    assert_eq!(pairs(), before);
}

#[test]
fn several_vintages_of_one_day_are_counted() {
    let fixture = Fixture::new();
    for value in [1.0, 2.0, 3.0] {
        fixture.put(FIRST, UpdateMode::Replace, &[obs("KZ-11", "2018", value)]);
    }
    let names: Vec<String> =
        fixture.store.vintages(&flow()).unwrap().iter().map(|vintage| vintage.id.to_string()).collect();
    assert_eq!(names, ["BNS_SDG_4_A_1@2019-10-02.1", "BNS_SDG_4_A_1@2019-10-02.2", "BNS_SDG_4_A_1@2019-10-02.3"]);
    assert_eq!(fixture.known(Some(FIRST)), [row("KZ-11", "2018", 3.0, "2019-10-02.3")]);
}

#[test]
fn a_vintage_before_the_newest_is_refused() {
    let fixture = three_vintages(UpdateMode::Merge);
    let error =
        fixture.store.put_vintage(new_vintage(FIRST, UpdateMode::Merge), [obs("KZ-11", "2018", 1.0)]).unwrap_err();
    assert!(matches!(error, StoreError::OlderThanNewest { .. }), "{error}");
}

#[test]
fn two_values_for_one_cell_are_refused_and_leave_no_trace() {
    let fixture = Fixture::new();
    let twice = [obs("KZ-11", "2018", 1.0), obs("KZ-11", "2018", 1.0), obs("KZ-11", "2018", 2.0)];
    let error = fixture.store.put_vintage(new_vintage(FIRST, UpdateMode::Merge), twice).unwrap_err();
    assert_eq!(error.to_string(), "schools_with_internet has two values for KZ-11 in 2018: Some(1.0) and Some(2.0)");
    assert_eq!(fixture.store.all_vintages().unwrap(), []);
    let not_finite = fixture.store.put_vintage(new_vintage(FIRST, UpdateMode::Merge), [obs("KZ-11", "2018", f64::NAN)]);
    assert!(matches!(not_finite, Err(StoreError::NotFinite { .. })));
}

#[test]
fn blocks_without_a_manifest_are_invisible() {
    let fixture = three_vintages(UpdateMode::Merge);
    let before = fixture.known(None);
    // What a process killed between the blocks and the manifest leaves behind.
    fixture.store.write_blocks(new_vintage(date(2025, 1, 1), UpdateMode::Merge), [obs("KZ-11", "2021", 5.0)]).unwrap();
    let fixture = fixture.reopen();
    assert_eq!(fixture.known(None), before);
    assert_eq!(fixture.store.vintages(&flow()).unwrap().len(), 3);
    let verification = fixture.store.verify().unwrap();
    assert_eq!(verification.faults, Vec::<String>::new());
    assert_eq!((verification.vintages, verification.unused_blocks), (3, 1));
    // The same vintage put again finds its blocks there.
    fixture.put(date(2025, 1, 1), UpdateMode::Merge, &[obs("KZ-11", "2021", 5.0)]);
    assert_eq!(fixture.store.verify().unwrap().unused_blocks, 0);
}

#[test]
fn an_unchanged_series_shares_its_blocks() {
    let fixture = Fixture::new();
    let other = |value: f64| Observation {
        series: serde_json::from_str(r#"{"indicator":"schools_with_computers"}"#).unwrap(),
        ..obs("KZ-11", "2018", value)
    };
    fixture.put(FIRST, UpdateMode::Replace, &[obs("KZ-11", "2018", 1.0), other(1.0)]);
    let PutOutcome::Written(second) =
        fixture.put(SECOND, UpdateMode::Replace, &[obs("KZ-11", "2018", 1.0), other(2.0)])
    else {
        unreachable!("a value changed");
    };
    assert_eq!((second.observations, second.changed), (2, 1));
    assert_eq!(fixture.store.verify().unwrap().blocks, 3);
}

#[test]
fn releases_are_written_once_and_the_pointer_is_swapped() {
    let fixture = Fixture::new();
    let large: Vec<u8> = (0..400_000u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let id = ContentHash::of(&large);
    fixture.store.put_release(id, &large).unwrap();
    fixture.store.put_release(id, &large).unwrap();
    assert!(matches!(fixture.store.put_release(id, b"other"), Err(StoreError::WrittenOnce { .. })));
    assert_eq!(fixture.store.published().unwrap(), None);
    fixture.store.publish(b"one").unwrap();
    fixture.store.publish(b"two").unwrap();
    let fixture = fixture.reopen();
    assert_eq!(fixture.store.release(id).unwrap(), Some(large));
    assert_eq!(fixture.store.release(ContentHash::of(b"absent")).unwrap(), None);
    assert_eq!(fixture.store.releases().unwrap(), [id]);
    assert_eq!(fixture.store.published().unwrap().as_deref(), Some(b"two".as_slice()));
}

#[test]
fn a_second_opening_is_told_that_the_store_is_in_use() {
    let fixture = Fixture::new();
    let error = Store::open(fixture.folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
}

mod damage {
    //! Opening what somebody or something damaged.
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// A closed store with three vintages and something published, in a folder that may be damaged.
    fn closed() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let store = Store::open(&path).unwrap();
        for (day, value) in [(FIRST, 1.0), (SECOND, 2.0), (THIRD, 3.0)] {
            let observations = (10..30).map(|area| obs(&format!("KZ-{area}"), "2019", value));
            store.put_vintage(new_vintage(day, UpdateMode::Merge), observations).unwrap();
        }
        store.publish(b"published").unwrap();
        drop(store);
        // sled writes its `snap.*` file when it opens a log that has grown.
        drop(Store::open(&path).unwrap());
        (folder, path)
    }

    fn files(folder: &Path, prefix: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix)).collect()
    }

    fn truncate(path: &Path, length: u64) {
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
    }

    #[test]
    fn a_truncated_snap_file_costs_nothing() {
        let (_folder, path) = closed();
        let snaps = files(&path, "snap.");
        assert!(!snaps.is_empty());
        for snap in snaps {
            truncate(&snap, 5);
        }
        let (store, condition) = open_guarded(&LocalDisk, &path).unwrap();
        assert!(matches!(condition, Condition::Repaired { .. }), "{condition:?}");
        assert_eq!(store.all_vintages().unwrap().len(), 3);
        assert_eq!(store.published().unwrap().as_deref(), Some(b"published".as_slice()));
        assert_eq!(store.verify().unwrap().faults, Vec::<String>::new());
    }

    #[test]
    fn a_sound_store_is_left_alone() {
        let (folder, path) = closed();
        let (_store, condition) = open_guarded(&LocalDisk, &path).unwrap();
        assert_eq!(condition, Condition::Sound);
        assert_eq!(files(folder.path(), "store.damaged").len(), 0);
    }

    /// Whatever is left opens, reads without a fault, and holds only what was put.
    fn check_opens(path: &Path, what: &str) {
        let (store, condition) = open_guarded(&LocalDisk, path).unwrap();
        let vintages = store.all_vintages().unwrap();
        assert!(vintages.len() <= 3, "{what}");
        for vintage in &vintages {
            match store.observations_of(vintage) {
                Ok(stored) => {
                    let expected = match vintage.id.date {
                        FIRST => 1.0,
                        SECOND => 2.0,
                        _ => 3.0,
                    };
                    assert_eq!(stored.len(), 20, "{what}");
                    assert!(stored.iter().all(|stored| stored.observation.value == Some(expected)), "{what}");
                }
                Err(error) => assert!(error.is_damage(), "{what}: {error}"),
            }
        }
        if matches!(condition, Condition::Emptied { .. }) {
            assert_eq!(vintages.len(), 0, "{what}");
        }
        // It takes new vintages whatever happened.
        store.put_vintage(new_vintage(date(2030, 1, 1), UpdateMode::Replace), [obs("KZ-10", "2029", 9.0)]).unwrap();
    }

    #[test]
    fn a_truncated_log_opens_at_an_earlier_state_or_empty() {
        let (_folder, path) = closed();
        let whole = fs::read(path.join("db")).unwrap();
        for eighth in 0..8 {
            let (_folder, path) = closed();
            truncate(&path.join("db"), u64::try_from(whole.len()).unwrap() * eighth / 8);
            check_opens(&path, &format!("log cut to {eighth}/8"));
        }
    }

    #[test]
    fn flipped_bytes_never_become_data() {
        let (_folder, path) = closed();
        let whole = fs::read(path.join("db")).unwrap();
        let used = whole.iter().rposition(|&byte| byte != 0).unwrap();
        for step in 0..12 {
            let (_folder, path) = closed();
            let mut bytes = fs::read(path.join("db")).unwrap();
            let position = used * step / 12 + step;
            bytes[position] ^= 0x55;
            fs::write(path.join("db"), bytes).unwrap();
            check_opens(&path, &format!("byte {position} of {used} flipped"));
        }
    }

    #[test]
    fn missing_and_foreign_files_do_not_stop_it() {
        let (_folder, path) = closed();
        fs::remove_file(path.join("db")).unwrap();
        check_opens(&path, "no log");
        let (_folder, path) = closed();
        fs::write(path.join("conf"), b"not a configuration").unwrap();
        check_opens(&path, "foreign conf");
        let (_folder, path) = closed();
        fs::remove_dir_all(&path).unwrap();
        check_opens(&path, "no folder");
    }
}
