//! An operator's word on what was quarantined.

use super::*;

#[tokio::test]
async fn an_operator_accepts_or_rejects_once() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    let unreadable = world.refresh(&jobs, payload("???")).await;
    let bad = world.refresh(&jobs, payload("KZ-10=BAD\nKZ-11=5")).await;
    let worse = world.refresh(&jobs, payload("KZ-10=BAD\nKZ-11=7")).await;
    let good = world.refresh(&jobs, payload("KZ-10=1")).await;
    assert!(matches!(jobs.accept(&unreadable.id), Err(DecisionError::Unreadable { .. })));
    assert!(matches!(jobs.accept(&good.id), Err(DecisionError::NotQuarantined { .. })));
    assert!(matches!(jobs.accept("nothing"), Err(DecisionError::UnknownRun { .. })));
    let accepted = jobs.accept(&bad.id).unwrap();
    assert_eq!((accepted.trigger, accepted.accepts.as_deref()), (Trigger::Accepted, Some(bad.id.as_str())));
    assert_eq!(values(&jobs, None), expected(&[("KZ-11", 5.0)]));
    assert!(matches!(jobs.accept(&bad.id), Err(DecisionError::Decided { .. })));
    jobs.reject(&worse.id).unwrap();
    assert!(matches!(jobs.accept(&worse.id), Err(DecisionError::Decided { .. })));
    // A rebuild takes the operator's word again.
    let before = jobs.store().all_vintages().unwrap();
    let replayed = jobs.rebuild().unwrap();
    assert_eq!((replayed.vintages, replayed.failures), (2, Vec::new()));
    assert_eq!(jobs.store().all_vintages().unwrap(), before);
}

#[tokio::test]
async fn an_answer_of_which_nothing_was_kept_can_only_be_rejected_and_says_why() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    let too_large = || reason("too_large", "the answer exceeds 10 bytes".to_owned());
    let refused = Refusal { outcome: RunOutcome::Quarantined, bytes: 0, not_before: None, reasons: vec![too_large()] };
    let run = world.refresh(&jobs, Err(refused)).await;
    let error = jobs.accept(&run.id).unwrap_err();
    assert!(matches!(error, DecisionError::NothingKept { .. }), "{error}");
    assert!(error.to_string().contains("nothing of its answer was kept: the answer exceeds 10 bytes"), "{error}");
    jobs.reject(&run.id).unwrap();
    assert!(matches!(jobs.accept(&run.id), Err(DecisionError::Decided { .. })));
}
