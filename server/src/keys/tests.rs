#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn later(hours: i64) -> Timestamp {
    NOW + SignedDuration::from_hours(hours)
}

fn new(scopes: &[Scope]) -> NewKey {
    let dataflows = if scopes.contains(&Scope::Submit) { vec!["A_FLOW".parse().unwrap()] } else { Vec::new() };
    NewKey {
        holder: "A ministry".to_owned(),
        scopes: scopes.iter().copied().collect(),
        dataflows: dataflows.into_iter().collect(),
        requests_per_minute: None,
        expires_at: None,
    }
}

#[test]
fn a_key_is_shown_once_and_only_its_hash_is_kept() {
    let folder = TempDir::new().unwrap();
    let book = KeyBook::of(folder.path());
    assert_eq!(*book.keys().unwrap(), Keys::default());
    let token = book.create(new(&[Scope::Submit]), NOW).unwrap();
    let shown = token.reveal();
    let keys = book.keys().unwrap();
    assert_eq!(keys.shown(&shown, NOW).unwrap().holder, "A ministry");
    let secret = shown.rsplit('_').next().unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains(secret), "{text}");
    }
    assert!(!format!("{token:?}{keys:?}").contains(secret));
}

#[test]
fn anything_but_the_whole_key_opens_nothing() {
    let folder = TempDir::new().unwrap();
    let book = KeyBook::of(folder.path());
    let shown = book.create(new(&[Scope::ReadMore]), NOW).unwrap().reveal();
    let other = book.create(new(&[Scope::Operate]), NOW).unwrap().reveal();
    let keys = book.keys().unwrap();
    let (name, secret) = shown.rsplit_once('_').unwrap();
    let (other_name, _) = other.rsplit_once('_').unwrap();
    let last = if secret.ends_with('0') { "1" } else { "0" };
    for refused in [
        String::new(),
        name.to_owned(),
        secret.to_owned(),
        format!("{other_name}_{secret}"),
        format!("{}{last}", &shown[..shown.len() - 1]),
        shown.to_uppercase(),
        format!("{shown}0"),
        format!("sandyq_000000000000_{secret}"),
        format!("{name}_{}", "0".repeat(64)),
    ] {
        assert_eq!(keys.shown(&refused, NOW), None, "{refused}");
    }
    assert!(keys.shown(&shown, NOW).is_some_and(|key| key.opens(Scope::ReadMore) && !key.opens(Scope::Operate)));
}

#[test]
fn a_rotated_key_keeps_its_name_and_its_old_secret_for_the_overlap() {
    let folder = TempDir::new().unwrap();
    let book = KeyBook::of(folder.path());
    let old = book.create(new(&[Scope::ReadMore]), NOW).unwrap();
    let renewed = book.rotate(old.id(), SignedDuration::from_hours(2), NOW).unwrap();
    assert_eq!(old.id(), renewed.id());
    let keys = book.keys().unwrap();
    let opens = |token: &Token, at| keys.shown(&token.reveal(), at).is_some();
    assert!(opens(&old, later(1)) && opens(&renewed, later(1)));
    assert!(!opens(&old, later(2)) && opens(&renewed, later(2)));
    let again = book.rotate(old.id(), SignedDuration::ZERO, later(1)).unwrap();
    let keys = book.keys().unwrap();
    let opens = |token: &Token| keys.shown(&token.reveal(), later(1)).is_some();
    assert_eq!([opens(&old), opens(&renewed), opens(&again)], [false, false, true]);
}

#[test]
fn a_revoked_or_expired_key_opens_nothing_from_that_moment() {
    let folder = TempDir::new().unwrap();
    // The service's copy of the book, opened before anything changes.
    let service = KeyBook::of(folder.path());
    let book = KeyBook::of(folder.path());
    let brief = NewKey { expires_at: Some(later(1)), ..new(&[Scope::Operate]) };
    let token = book.create(brief, NOW).unwrap();
    let opens = |at| service.keys().unwrap().shown(&token.reveal(), at).is_some();
    assert_eq!([opens(NOW), opens(later(1))], [true, false]);
    book.revoke(token.id(), NOW).unwrap();
    assert!(!opens(NOW));
    assert!(matches!(book.rotate(token.id(), SignedDuration::ZERO, NOW), Err(KeyError::Revoked { .. })));
    assert!(matches!(book.revoke(&"000000000000".parse().unwrap(), NOW), Err(KeyError::Unknown { .. })));
}

#[test]
fn a_damaged_book_lets_nobody_in_and_half_a_line_is_cut_off() {
    let folder = TempDir::new().unwrap();
    let book = KeyBook::of(folder.path());
    let token = book.create(new(&[Scope::ReadMore]), NOW).unwrap();
    let path = folder.path().join("keys.jsonl");
    let sound = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{sound}{{\"kind\":\"revo")).unwrap();
    assert!(book.keys().unwrap().shown(&token.reveal(), NOW).is_some());
    book.create(new(&[Scope::ReadMore]), NOW).unwrap();
    assert_eq!(book.keys().unwrap().iter().count(), 2);
    fs::write(&path, sound.replace("A ministry", "B ministry")).unwrap();
    assert_eq!(book.keys().unwrap().iter().count(), 0);
    assert!(matches!(book.revoke(token.id(), NOW), Err(KeyError::Damaged { .. })));
}

#[test]
fn a_key_that_makes_no_sense_is_refused() {
    let folder = TempDir::new().unwrap();
    let book = KeyBook::of(folder.path());
    let refused = |new: NewKey| book.create(new, NOW).unwrap_err().to_string();
    assert!(refused(NewKey { holder: String::new(), ..new(&[Scope::Operate]) }).contains("holder"));
    assert!(refused(NewKey { holder: "two\nlines".to_owned(), ..new(&[Scope::Operate]) }).contains("holder"));
    assert!(refused(NewKey { holder: "x".repeat(201), ..new(&[Scope::Operate]) }).contains("holder"));
    assert!(refused(new(&[])).contains("scope"));
    assert!(refused(NewKey { dataflows: BTreeSet::new(), ..new(&[Scope::Submit]) }).contains("--dataflow"));
    let without = NewKey { dataflows: new(&[Scope::Submit]).dataflows, ..new(&[Scope::Operate]) };
    assert!(refused(without).contains("--dataflow"));
}

/// The shortest of many batches of looks at each text, taken in turns: what the machine does beside falls on all alike
/// and only ever makes a batch longer.
fn shortest<const N: usize>(keys: &Keys, texts: &[String; N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..200 {
        for (best, text) in best.iter_mut().zip(texts) {
            let begun = Instant::now();
            for _ in 0..20 {
                black_box(keys.shown(black_box(text), NOW));
            }
            *best = begun.elapsed().min(*best);
        }
    }
    best
}

#[test]
fn how_long_a_look_takes_tells_neither_a_name_nor_a_secret() {
    let folder = TempDir::new().unwrap();
    let book = KeyBook::of(folder.path());
    let shown = book.create(new(&[Scope::Operate]), NOW).unwrap().reveal();
    let revoked = book.create(new(&[Scope::Operate]), NOW).unwrap();
    book.revoke(revoked.id(), NOW).unwrap();
    let keys = book.keys().unwrap();
    let (name, secret) = shown.rsplit_once('_').unwrap();
    let other = |digit: &str| if digit == "0" { "1" } else { "0" };
    let (at_first, at_last) = (other(&secret[..1]), other(&secret[63..]));
    let texts = [
        shown.clone(),
        format!("{name}_{at_first}{}", &secret[1..]),
        format!("{name}_{}{at_last}", &secret[..63]),
        format!("sandyq_000000000000_{secret}"),
        revoked.reveal(),
    ];
    let best = shortest(&keys, &texts);
    let (quickest, slowest) = (best.iter().min().unwrap(), best.iter().max().unwrap());
    // Whoever left the hash out for a name that nobody bears would be several times as quick.
    assert!(*slowest < *quickest * 3 / 2, "good, first digit, last digit, nobody's, revoked: {best:?}");
}
