//! [`figure`]: a chart on a page with its finding, its source line, its table and what can be taken
//! along: data, drawing, picture, embedding, link.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::DataflowId;
use indicators::wire::SourceEntry;
use leptos::prelude::*;

use crate::charts::drawing::Drawing;
use crate::charts::plot::Plot;
use crate::charts::sheet::Words;
use crate::charts::twin::{Twin, TwinTable};
use crate::charts::{Caption, Chart, Size};
use crate::components::context::PageContext;
use crate::figure_address::{self, Form};
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
    /// The chart as it stands on the page.
    pub(crate) body: AnyView,
    /// The same as a drawing for files; a table has none.
    pub(crate) drawing: Option<Drawing>,
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
            drawing: None,
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
        let drawing = chart.draw(Size::Wide);
        let Caption { title, description, .. } = drawing.caption.clone();
        let twin = Some(chart.twin());
        let body = view! { <Plot chart=chart /> };
        Self { twin, drawing: Some(drawing), ..Self::new(id, title, description, body) }
    }
}

/// A figure taken out of its page.
pub(crate) struct Exhibit {
    /// The drawing, unless it is a table.
    pub(crate) drawing: Option<Drawing>,
    /// Its words.
    pub(crate) words: Words,
    /// As it stands on a page.
    pub(crate) view: AnyView,
}

/// Puts a figure on the page.
pub(crate) fn figure(context: &PageContext<'_>, figure: Figure) -> AnyView {
    // The name of a figure in addresses is its id on the page without the word every id begins with.
    let name = figure.id.strip_prefix("figure-").unwrap_or(figure.id);
    if context.wants_one() {
        if context.wants(name) {
            context.keep(exhibit(context, name, figure));
        }
        return ().into_any();
    }
    let tools = tools(context, name, &figure);
    section(context, figure, tools)
}

fn section(context: &PageContext<'_>, figure: Figure, tools: AnyView) -> AnyView {
    let title_id = format!("{}-title", figure.id);
    let notes = figure.notes.into_iter().map(|note| view! { <p class="note">{note}</p> }).collect_view();
    let sources =
        received(context, &figure.dataflows).next().is_some().then(|| source_line(context, &figure.dataflows));
    let map = figure.with_map.then(|| view! { <p class="source">{map_line(context)}</p> });
    let twin = figure.twin.map(|twin| {
        view! {
            <details class="as-table">
                <summary>{context.say(message::FIGURE_AS_TABLE)}</summary>
                <TwinTable twin=twin />
            </details>
        }
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
            <div class="figure-tools">{twin} {tools}</div>
        </section>
    }
    .into_any()
}

/// What can be taken along. Addresses say the whole state; `data-state` marks those that follow an
/// island when it changes the state.
fn tools(context: &PageContext<'_>, name: &str, figure: &Figure) -> AnyView {
    let address = context.address;
    let title = &figure.title;
    let file = |form: Form, words: &'static str| {
        let href = figure_address::href(address, name, form);
        view! { <a href=href download="" data-state="" aria-label=format!("{words}: {title}")>{words}</a> }
    };
    let csv = figure.csv.as_deref().map(|href| {
        let href = context.api(href);
        view! { <a href=href download="" data-period="" aria-label=format!("CSV: {title}")>"CSV"</a> }
    });
    let drawn = figure.drawing.is_some();
    let svg = drawn.then(|| file(Form::Drawing, "SVG"));
    let png = drawn.then(|| file(Form::Picture, "PNG"));
    let embedded = context.absolute(&figure_address::href(address, name, Form::Embedded));
    let height = figure.drawing.as_ref().map_or(640, |drawing| if drawing.height > 520.0 { 900 } else { 640 });
    let code = format!(
        "<iframe src=\"{embedded}\" title=\"{}\" width=\"100%\" height=\"{height}\" loading=\"lazy\"></iframe>",
        title.replace('&', "&amp;").replace('"', "&quot;")
    );
    let link = format!("{}#{}", address.href(), figure.id);
    let takeaway = (csv.is_some() || drawn).then(|| {
        view! {
            <p class="takeaway">
                <span>{context.say(message::FIGURE_DOWNLOAD)}</span>
                {csv}
                {svg}
                {png}
            </p>
        }
    });
    view! {
        {takeaway}
        <a class="permalink" href=link data-state="" aria-label=format!("{}: {title}", context.say(message::FIGURE_LINK))>
            {context.say(message::FIGURE_LINK)}
        </a>
        <details class="embedding">
            <summary>{context.say(message::FIGURE_EMBED)}</summary>
            <textarea readonly rows="3" spellcheck="false" aria-label=format!("{}: {title}", context.say(message::FIGURE_EMBED))>
                {code}
            </textarea>
        </details>
    }
    .into_any()
}

fn exhibit(context: &PageContext<'_>, name: &str, figure: Figure) -> Exhibit {
    let mut small_print = figure.notes.clone();
    if received(context, &figure.dataflows).next().is_some() {
        let providers: Vec<String> = providers(context, &figure.dataflows).into_iter().map(|(name, _)| name).collect();
        small_print.push(format!("{} {}.", context.say(message::FIGURE_SOURCE), providers.join(", ")));
        let licences = licences(context, &figure.dataflows).join("; ");
        small_print.push(format!("{} {licences}.", context.say(message::FIGURE_LICENCE)));
    }
    small_print.extend(figure.with_map.then(|| map_line(context)));
    small_print.extend(context.hindsight());
    let link = context.absolute(&context.address.href());
    small_print.push(if context.site.origin.is_empty() { "Sandyq".to_owned() } else { link.clone() });
    let words = Words {
        title: figure.title.clone(),
        subtitle: figure.subtitle.clone(),
        small_print,
        site: format!("Sandyq \u{b7} {}", context.say(message::SITE_NAME)),
    };
    let drawing = figure.drawing.clone();
    let whole = format!("{link}#figure-{name}");
    let tools = view! {
        <a class="permalink" href=whole target="_blank" rel="noopener">{format!("Sandyq \u{b7} {}", context.say(message::SITE_NAME))}</a>
    };
    Exhibit { drawing, words, view: section(context, figure, tools.into_any()) }
}

fn map_line(context: &PageContext<'_>) -> String {
    format!("{} {}", context.say(message::FIGURE_MAP), context.text(&context.site.geography.attribution))
}

/// The sources that anything was received from: one that is only planned says nothing on a figure.
fn received<'a>(context: &PageContext<'a>, dataflows: &[DataflowId]) -> impl Iterator<Item = &'a SourceEntry> {
    dataflows.iter().filter_map(|dataflow| context.site.source(dataflow)).filter(|source| source.vintage.is_some())
}

/// The licences of the data, each once.
fn licences<'a>(context: &PageContext<'a>, dataflows: &[DataflowId]) -> Vec<&'a str> {
    let mut licences: Vec<&str> = Vec::new();
    for source in received(context, dataflows) {
        if !licences.contains(&source.licence.as_str()) {
            licences.push(&source.licence);
        }
    }
    licences
}

/// The providers by name, each with its place on the page of sources.
fn providers(context: &PageContext<'_>, dataflows: &[DataflowId]) -> Vec<(String, String)> {
    let mut providers: Vec<(String, String)> = Vec::new();
    for source in received(context, dataflows) {
        let provider = context.text(&source.provider);
        if !providers.iter().any(|(known, _)| *known == provider) {
            providers.push((provider, format!("{}#{}", context.href(Page::Sources), source.dataflow)));
        }
    }
    providers
}

/// Where the data come from and under which licences.
fn source_line(context: &PageContext<'_>, dataflows: &[DataflowId]) -> AnyView {
    let providers = providers(context, dataflows);
    let last = providers.len().saturating_sub(1);
    let links = providers
        .into_iter()
        .enumerate()
        .map(|(index, (provider, href))| {
            let comma = if index == last { "." } else { ", " };
            view! { <a href=href>{provider}</a>{comma} }
        })
        .collect_view();
    // One licence is said in full; several stand beside their sources.
    let licence = match licences(context, dataflows).as_slice() {
        [only] => view! { {context.say(message::FIGURE_LICENCE)} " " {(*only).to_owned()} "." }.into_any(),
        _ => view! { <a href=context.href(Page::Sources)>{context.say(message::FIGURE_LICENCES)}</a> }.into_any(),
    };
    view! { <p class="source">{context.say(message::FIGURE_SOURCE)} " " {links} " " {licence}</p> }.into_any()
}
