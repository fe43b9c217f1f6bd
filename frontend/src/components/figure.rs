//! [`figure`]: a chart on a page with its finding, its source line, its table and its download.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::DataflowId;
use leptos::prelude::*;

use crate::charts::plot::Plot;
use crate::charts::twin::{Twin, TwinTable};
use crate::charts::{Caption, Chart, Size};
use crate::components::context::PageContext;
use crate::locale::message;
use crate::route::Page;

/// A chart with everything that stands around it.
pub(crate) struct Figure {
    /// Unique on its page.
    pub(crate) id: &'static str,
    /// The finding.
    pub(crate) title: String,
    /// What is drawn: measure, unit, places, years.
    pub(crate) subtitle: String,
    /// The drawing.
    pub(crate) body: AnyView,
    /// What the colours of the drawing mean, where it does not say so itself.
    pub(crate) key: Option<AnyView>,
    /// The same facts as a table.
    pub(crate) twin: Option<Twin>,
    /// Remarks under the drawing.
    pub(crate) notes: Vec<String>,
    /// Where the data come from.
    pub(crate) dataflows: Vec<DataflowId>,
    /// The same facts for machines.
    pub(crate) csv: Option<String>,
    /// Whether the layer of borders was drawn.
    pub(crate) with_map: bool,
}

impl Figure {
    /// A figure that is no drawing: a table.
    pub(crate) fn new(id: &'static str, title: String, subtitle: String, body: impl IntoAny) -> Self {
        Self {
            id,
            title,
            subtitle,
            body: body.into_any(),
            key: None,
            twin: None,
            notes: Vec::new(),
            dataflows: Vec::new(),
            csv: None,
            with_map: false,
        }
    }

    /// A chart under its own names, with its table.
    pub(crate) fn of(id: &'static str, chart: impl Chart + 'static) -> Self {
        let Caption { title, description, .. } = chart.draw(Size::Wide).caption;
        let twin = chart.twin();
        Self { twin: Some(twin), ..Self::new(id, title, description, view! { <Plot chart=chart /> }) }
    }
}

/// Puts a figure on the page.
pub(crate) fn figure(context: &PageContext<'_>, figure: Figure) -> AnyView {
    let title_id = format!("{}-title", figure.id);
    let notes = figure.notes.into_iter().map(|note| view! { <p class="note">{note}</p> }).collect_view();
    let sources = (!figure.dataflows.is_empty()).then(|| source_line(context, &figure.dataflows));
    let map = figure.with_map.then(|| {
        let words = context.text(&context.site.geography.attribution);
        view! { <p class="source">{format!("{} {words}", context.say(message::FIGURE_MAP))}</p> }
    });
    let twin = figure.twin.map(|twin| {
        view! {
            <details class="as-table">
                <summary>{context.say(message::FIGURE_AS_TABLE)}</summary>
                <TwinTable twin=twin />
            </details>
        }
    });
    let csv = figure.csv.map(|href| {
        view! { <a class="download" href=href download="">{context.say(message::FIGURE_CSV)}</a> }
    });
    view! {
        <section class="figure" id=figure.id aria-labelledby=title_id.clone()>
            <h2 id=title_id.clone()>{figure.title}</h2>
            <p class="subtitle">{figure.subtitle}</p>
            {figure.body}
            {figure.key}
            {notes}
            {sources}
            {map}
            <div class="figure-tools">{twin} {csv}</div>
        </section>
    }
    .into_any()
}

/// The providers by name, each linked to its place on the page of sources.
fn source_line(context: &PageContext<'_>, dataflows: &[DataflowId]) -> AnyView {
    let mut providers: Vec<(String, String)> = Vec::new();
    for source in dataflows.iter().filter_map(|dataflow| context.site.source(dataflow)) {
        let provider = context.text(&source.provider);
        if !providers.iter().any(|(known, _)| *known == provider) {
            providers.push((provider, format!("{}#{}", context.href(Page::Sources), source.dataflow)));
        }
    }
    let last = providers.len().saturating_sub(1);
    let links = providers
        .into_iter()
        .enumerate()
        .map(|(index, (provider, href))| {
            let comma = if index == last { "." } else { ", " };
            view! { <a href=href>{provider}</a>{comma} }
        })
        .collect_view();
    view! { <p class="source">{context.say(message::FIGURE_SOURCE)} " " {links}</p> }.into_any()
}
