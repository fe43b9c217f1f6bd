//! [`figure`]: a chart on a page with its finding, its source line, its table and what can be taken
//! along: data, drawing, picture, embedding, link.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::DataflowId;
use leptos::prelude::*;

use crate::charts::drawing::Drawing;
use crate::charts::heat_table::{HeatTable, HeatTablePlot};
use crate::charts::plot::Plot;
use crate::charts::sheet::Words;
use crate::charts::twin::{Twin, TwinTable};
use crate::charts::{Basis, Caption, Chart, Size};
use crate::components::context::PageContext;
use crate::components::sources::{licences, providers, received, source_line, source_lines};
use crate::components::values;
use crate::figure_address::{self, Form};
use crate::locale::message;

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
    /// Where the API gives the same facts. A figure without such an address gives its table.
    pub(crate) csv: Option<String>,
    /// Whether the layer of borders was drawn.
    pub(crate) with_map: bool,
    /// Whether a reader may put another criterion in its place without a reload.
    pub(crate) follows_measure: bool,
}

impl Figure {
    /// A table that is a figure.
    pub(crate) fn of_table(
        id: &'static str,
        words: (String, String),
        table: HeatTable,
        dataflows: Vec<DataflowId>,
    ) -> Self {
        let twin = Some(table.twin());
        Self { twin, ..Self::new(id, words, dataflows, view! { <HeatTablePlot table=table /> }) }
    }

    fn new(
        id: &'static str,
        (title, subtitle): (String, String),
        dataflows: Vec<DataflowId>,
        body: impl IntoAny,
    ) -> Self {
        Self {
            id,
            title,
            subtitle,
            body: body.into_any(),
            drawing: None,
            key: None,
            twin: None,
            notes: Vec::new(),
            dataflows,
            csv: None,
            with_map: false,
            follows_measure: false,
        }
    }

    /// A chart under its own names, with its table.
    pub(crate) fn of(id: &'static str, chart: impl Chart + 'static, dataflows: Vec<DataflowId>) -> Self {
        let drawing = chart.draw(Size::Wide);
        let Caption { title, description, .. } = drawing.caption.clone();
        let twin = Some(chart.twin());
        let body = view! { <Plot chart=chart /> };
        Self { twin, drawing: Some(drawing), ..Self::new(id, (title, description), dataflows, body) }
    }
}

/// A figure taken out of its page.
pub(crate) struct Exhibit {
    /// The drawing, unless it is a table.
    pub(crate) drawing: Option<Drawing>,
    /// Its words.
    pub(crate) words: Words,
    /// The same facts as a table.
    pub(crate) twin: Option<Twin>,
    /// As it stands on a page.
    pub(crate) view: AnyView,
}

/// Puts a figure on the page.
pub(crate) fn figure(context: &PageContext<'_>, mut figure: Figure) -> AnyView {
    figure.notes.extend(signs(context, &figure));
    // The name of a figure in addresses is its id on the page without the word every id begins with.
    let name = figure.id.strip_prefix("figure-").unwrap_or(figure.id);
    if context.wants_one() {
        if context.wants(name) {
            context.keep(exhibit(context, name, figure));
        }
        return ().into_any();
    }
    if figure.drawing.is_some() {
        context.has_drawn(name);
    }
    let tools = tools(context, name, &figure);
    section(context, figure, tools)
}

/// What the signs behind values mean, of those that stand in its table. A table that is a figure says so itself.
fn signs(context: &PageContext<'_>, figure: &Figure) -> Option<String> {
    let twin = figure.twin.as_ref().filter(|_| figure.drawing.is_some())?;
    let stands = |basis: Basis| {
        let mut cells = twin.rows.iter().flat_map(|row| &row.cells);
        figure.follows_measure || cells.any(|cell| cell.ends_with(basis.sign()))
    };
    let said = values::signs(context).into_iter().filter(|(basis, _)| stands(*basis));
    let said: Vec<String> = said.map(|(basis, words)| format!("{} {words}", basis.sign())).collect();
    (!said.is_empty()).then(|| said.join(" \u{b7} "))
}

fn section(context: &PageContext<'_>, figure: Figure, tools: AnyView) -> AnyView {
    let title_id = format!("{}-title", figure.id);
    let notes = figure.notes.into_iter().map(|note| view! { <p class="note">{note}</p> }).collect_view();
    let sources =
        if figure.follows_measure { source_lines(context) } else { source_line(context, &figure.dataflows).into_any() };
    let map = figure.with_map.then(|| view! { <p class="source">{map_line(context)}</p> });
    // A table is its own twin.
    let twin = figure.twin.filter(|_| figure.drawing.is_some()).map(|twin| {
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
    let csv = match figure.csv.as_deref() {
        Some(href) => {
            let href = context.api(href);
            Some(
                view! { <a href=href download="" data-period="" aria-label=format!("CSV: {title}")>"CSV"</a> }
                    .into_any(),
            )
        }
        None => figure.twin.is_some().then(|| file(Form::Table, "CSV").into_any()),
    };
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
    let (drawing, twin) = (figure.drawing.clone(), figure.twin.clone());
    let whole = format!("{link}#figure-{name}");
    let tools = view! {
        <a class="permalink" href=whole target="_blank" rel="noopener">{format!("Sandyq \u{b7} {}", context.say(message::SITE_NAME))}</a>
    };
    Exhibit { drawing, words, twin, view: section(context, figure, tools.into_any()) }
}

fn map_line(context: &PageContext<'_>) -> String {
    format!("{} {}", context.say(message::FIGURE_MAP), context.text(&context.site.geography.attribution))
}
