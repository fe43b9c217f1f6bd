//! Work that gives way to answers: a refresh computes only while nothing is to be answered, so that readers do not
//! notice it. What is worked on is the caller's matter.

use std::any::Any;
use std::panic::resume_unwind;
use std::thread;

use rayon::ThreadPoolBuilder;
use rustix::process::nice;
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};

/// How far the threads of a refresh stand behind those that answer: the last place there is. They go on under full
/// load, slowly.
const LAST_PLACE: i32 = 19;
/// The class of Linux for what runs while nothing else wants to: a thread that wakes to answer takes the processor at
/// once, where it would let one of the last place end its turn.
const IDLE: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

/// Works on a thread of its own that gives way to all others, and waits for what comes of it.
pub fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // A thread cannot take its place back without rights the service does not need, so none is borrowed.
    let works = || {
        step_back();
        work()
    };
    thread::scope(|scope| scope.spawn(works).join().unwrap_or_else(|panic: Box<dyn Any + Send>| resume_unwind(panic)))
}

/// Has the threads that share out the mathematics give way too, for the whole process, and leaves one processor without
/// any of them: a thread that wakes to answer may wait milliseconds for one that computes, however far that one stands
/// behind it. To be called once, before anything is computed.
pub fn compute_giving_way() {
    let threads = thread::available_parallelism().map_or(1, |processors| processors.get() - 1).max(1);
    if let Err(error) = ThreadPoolBuilder::new().num_threads(threads).start_handler(|_index| step_back()).build_global()
    {
        tracing::warn!(%error, "computing will not give way to answers");
    }
}

/// Puts the calling thread behind all others; on Linux a place is a thread's own, and a class too.
fn step_back() {
    if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, IDLE) {
        tracing::warn!(?error, "a thread of a refresh could not leave the class of those that answer");
    }
    if let Err(error) = nice(LAST_PLACE) {
        tracing::warn!(%error, "a thread of a refresh could not step back");
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use rustix::process::nice;
    use thread_priority::{ThreadSchedulePolicy, thread_native_id, thread_schedule_policy_param};

    use super::{IDLE, giving_way};

    fn class() -> Option<ThreadSchedulePolicy> {
        thread_schedule_policy_param(thread_native_id()).ok().map(|(class, _)| class)
    }

    #[test]
    fn the_work_steps_back_and_its_caller_does_not() {
        let (place, before) = (nice(0), class());
        assert_eq!(giving_way(|| (nice(0), class())), (Ok(19), Some(IDLE)));
        assert_eq!((nice(0), class()), (place, before));
    }

    #[test]
    fn a_panic_is_the_callers() {
        let caught = catch_unwind(|| giving_way(|| assert_eq!(1, 2, "on purpose")));
        assert!(caught.is_err());
    }
}
