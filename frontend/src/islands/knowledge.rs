//! [`Knowledge`]: what an island draws from, as JSON in the page, read when it is first asked for.
//!
//! It is no property of the island: properties are read before an island lives, and on a slow telephone
//! that is a while in which the page does not answer.

use std::cell::OnceCell;

#[cfg(feature = "ssr")]
use leptos::html;
#[cfg(feature = "ssr")]
use leptos::prelude::{AnyView, ElementChild, GlobalAttributes, InnerHtmlAttribute, IntoAny};
#[cfg(feature = "ssr")]
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::islands::rewriting::first;

/// What an island knows. What is missing or does not fit is not known; the page stays as it was served.
pub(super) struct Knowledge<T> {
    id: &'static str,
    read: OnceCell<Option<T>>,
}

impl<T: DeserializeOwned> Knowledge<T> {
    pub(super) const fn at(id: &'static str) -> Self {
        Self { id, read: OnceCell::new() }
    }

    pub(super) fn get(&self) -> Option<&T> {
        let read = || serde_json::from_str(&first(&format!("#{}", self.id))?.text_content()?).ok();
        self.read.get_or_init(read).as_ref()
    }

    /// Reads it before it is asked for.
    pub(super) fn read_ahead(&self) {
        let _ = self.get();
    }
}

/// The same, written into the page.
#[cfg(feature = "ssr")]
pub(crate) fn block(id: &'static str, known: &impl Serialize) -> AnyView {
    // In JSON this sign stands inside of texts only; escaped it cannot end the element.
    let json = serde_json::to_string(known).unwrap_or_default().replace('<', "\\u003c");
    html::script().r#type("application/json").id(id).inner_html(json).child(()).into_any()
}
