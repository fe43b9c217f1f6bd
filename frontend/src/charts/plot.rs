//! [`Plot`]: the one component that puts a chart on a page.

#![expect(
    clippy::absolute_paths,
    clippy::needless_pass_by_value,
    reason = "the view macro writes full paths, and a component owns its props"
)]

use leptos::prelude::*;

use crate::charts::{Chart, Size};

/// Which widths of a chart a page carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sizes {
    /// Both; the style sheet shows the one that fits its container.
    #[default]
    Both,
    /// Only the wide one.
    Wide,
    /// Only the narrow one: for small multiples and cards.
    Compact,
}

impl Sizes {
    const fn list(self) -> &'static [Size] {
        match self {
            Self::Both => &[Size::Wide, Size::Compact],
            Self::Wide => &[Size::Wide],
            Self::Compact => &[Size::Compact],
        }
    }
}

/// The markup of a chart in the widths asked for, one SVG after the other.
#[must_use]
pub fn markup(chart: &dyn Chart, sizes: Sizes) -> String {
    sizes.list().iter().map(|size| chart.draw(*size).to_svg()).collect()
}

/// A chart as SVG. It needs no script. Islands find the mark of an area by `data-area`, its text on the
/// map by `data-label` and a series by `data-item`.
#[component]
pub fn Plot<C: Chart + 'static>(
    /// The chart.
    chart: C,
    /// Which widths to carry.
    #[prop(optional)]
    sizes: Sizes,
) -> impl IntoView {
    let class = match sizes {
        Sizes::Both => "plot both",
        Sizes::Wide | Sizes::Compact => "plot",
    };
    view! { <div class=class inner_html=markup(&chart, sizes)></div> }
}
