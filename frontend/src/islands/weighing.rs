//! The reader's own weights: sliders and choices that compute the index anew in the browser.
//!
//! Without scripts it is a form that asks the server for the same computation.

#![expect(clippy::must_use_candidate, reason = "the island macro writes a plain function")]

mod repaint;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use web_sys::Element;

use crate::islands::breath::take_breath;
use crate::islands::controls;
use crate::islands::knowledge::Knowledge;
use crate::islands::rewriting::{first, listen_to, set_hidden, set_text};
use crate::scenario::Scenario;
use crate::scenario::outcome::Stability;
use crate::scenario::picture::Weighed;

/// How long a slider rests before ranks are studied again: a thousand recomputations are for the
/// weight that was chosen, not for those passed on the way.
const REST: Duration = Duration::from_millis(120);

/// How many recomputations are one task: a few milliseconds of an old telephone. What the reader does meanwhile is
/// answered between two.
const SLICE: usize = 100;

/// Where the island finds what it knows.
pub(crate) const KNOWLEDGE: &str = "weighed";

/// Answers the form.
#[island]
pub fn Weighing() -> impl IntoView {
    // Effects run in the browser only.
    Effect::new(move |_| {
        if let Some(form) = first("form.scenario") {
            Weigher::wake(form);
        }
    });
}

/// The form, alive.
struct Weigher {
    form: Element,
    weighed: Knowledge<Weighed>,
    /// The scenario on the page; none while it is as it was served.
    shown: RefCell<Option<Scenario>>,
    /// How many scenarios were shown: a study of an earlier one is abandoned.
    choices: Cell<u32>,
    /// The study of ranks that is to come.
    waiting: Cell<Option<TimeoutHandle>>,
}

impl Weigher {
    fn wake(form: Element) {
        let is_as_served = controls::are_as_served(&form);
        let weighed = Knowledge::at(KNOWLEDGE);
        let (shown, choices, waiting) = (RefCell::default(), Cell::new(0), Cell::new(None));
        let alive = Rc::new(Self { form, weighed, shown, choices, waiting });
        set_hidden("form.scenario button[type=submit]", true);
        let answering = Rc::clone(&alive);
        listen_to(&alive.form, &["input", "change"], move |_| answering.follow());
        if is_as_served {
            // Read ahead, so that the first slider is answered as fast as the second.
            set_timeout(move || alive.weighed.read_ahead(), Duration::ZERO);
        } else {
            alive.follow();
        }
    }

    /// Lets the page follow the form.
    fn follow(self: &Rc<Self>) {
        let Some(weighed) = self.weighed.get() else { return };
        let mut scenario = Scenario::default();
        for (name, value) in controls::pairs(&self.form) {
            scenario.take(&name, &value);
        }
        if *self.shown.borrow().as_ref().unwrap_or(&weighed.scenario) == scenario {
            return;
        }
        self.shown.replace(Some(scenario.clone()));
        repaint::shares(weighed, &scenario);
        repaint::ranks(weighed, &scenario);
        if let Some(handle) = self.waiting.take() {
            handle.clear();
        }
        let choice = self.choices.get().wrapping_add(1);
        self.choices.set(choice);
        let alive = Rc::clone(self);
        let study = move || {
            let study = alive.weighed.get().and_then(|weighed| repaint::study(weighed, &scenario));
            take_breath(move || alive.study(choice, scenario, study));
        };
        self.waiting.set(set_timeout_with_handle(study, REST).ok());
    }

    /// The next slice of a study, then those after it; scores are drawn behind the last.
    fn study(self: Rc<Self>, choice: u32, scenario: Scenario, mut study: Option<Stability>) {
        if self.choices.get() != choice {
            return;
        }
        match study.as_mut().map(|study| study.advance(SLICE)) {
            Some(Ok(false)) => take_breath(move || self.study(choice, scenario, study)),
            Some(Ok(true)) => take_breath(move || self.finish(choice, &scenario, study)),
            Some(Err(_)) | None => self.finish(choice, &scenario, None),
        }
    }

    fn finish(&self, choice: u32, scenario: &Scenario, studied: Option<Stability>) {
        if let Some(weighed) = self.weighed.get()
            && self.choices.get() == choice
        {
            set_text("form.scenario [role=status]", &repaint::scores(weighed, scenario, studied));
        }
    }
}
