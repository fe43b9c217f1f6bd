//! [`small_multiple`]: one of many small charts of one form, with its table.
//!
//! What is drawn and how many stand side by side is the page's.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use leptos::prelude::*;

use crate::charts::Chart;
use crate::charts::plot::{Plot, Sizes};
use crate::charts::twin::TwinTable;
use crate::components::context::PageContext;
use crate::locale::message;

/// What stands above a small chart: its name, where that leads, and its unit where that is not said for
/// all of them.
pub(crate) struct Heading {
    /// What is drawn.
    pub(crate) name: String,
    /// The page of what is drawn.
    pub(crate) href: String,
    /// The unit, or the unit and the year.
    pub(crate) unit: Option<String>,
}

/// A small chart under its heading.
pub(crate) fn small_multiple(context: &PageContext<'_>, heading: Heading, chart: impl Chart + 'static) -> AnyView {
    let Heading { name, href, unit } = heading;
    let twin = chart.twin();
    let unit = unit.map(|unit| view! { <p class="subtitle">{unit}</p> });
    view! {
        <div class="small">
            <h3>
                <a href=href>{name}</a>
            </h3>
            {unit}
            <Plot chart=chart sizes=Sizes::Compact />
            <details class="as-table">
                <summary>{context.say(message::FIGURE_AS_TABLE)}</summary>
                <TwinTable twin=twin />
            </details>
        </div>
    }
    .into_any()
}
