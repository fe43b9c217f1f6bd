//! [`wide_table`]: a table of many columns, each row a small card of its own on a narrow screen.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use leptos::prelude::*;

/// A table with a heading for each row.
pub(crate) struct WideTable {
    /// The id of the heading that names it.
    pub(crate) named_by: &'static str,
    /// The class of the table.
    pub(crate) kind: &'static str,
    /// The headings of the columns, the one over the names of the rows first.
    pub(crate) columns: Vec<String>,
    /// The rows.
    pub(crate) groups: Vec<Group>,
}

/// Rows under one heading.
pub(crate) struct Group {
    /// The heading, when there is more than one group.
    pub(crate) title: Option<AnyView>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// What stands there when there is no row.
    pub(crate) empty: Option<String>,
}

/// One row.
pub(crate) struct Row {
    /// What it is about.
    pub(crate) head: AnyView,
    /// Its cells, one for each further column.
    pub(crate) cells: Vec<Cell>,
}

/// One cell.
pub(crate) struct Cell {
    class: &'static str,
    content: AnyView,
}

impl Cell {
    /// Words.
    pub(crate) fn words(content: impl IntoAny) -> Self {
        Self { class: "words", content: content.into_any() }
    }

    /// Words that take the whole breadth of a card.
    pub(crate) fn long(content: impl IntoAny) -> Self {
        Self { class: "long", content: content.into_any() }
    }

    /// A number.
    pub(crate) fn number(content: impl IntoAny) -> Self {
        Self { class: "number", content: content.into_any() }
    }

    /// A day or a period, which machines read and tables are sorted by.
    pub(crate) fn dated(words: String, datetime: String) -> Self {
        Self { class: "words", content: dated(words, datetime) }
    }

    /// The words for a missing number.
    pub(crate) fn missing(content: impl IntoAny) -> Self {
        Self { class: "number missing", content: content.into_any() }
    }
}

/// The words for a day or a period with what machines read.
pub(crate) fn dated(words: String, datetime: String) -> AnyView {
    // HTML knows days, months, weeks and years; a quarter is no time to it.
    if datetime.contains('Q') {
        return view! { <data value=datetime>{words}</data> }.into_any();
    }
    view! { <time datetime=datetime>{words}</time> }.into_any()
}

/// Puts a table on the page.
pub(crate) fn wide_table(table: WideTable) -> AnyView {
    let WideTable { named_by, kind, columns, groups } = table;
    let span = columns.len().to_string();
    let groups: Vec<AnyView> = groups.into_iter().map(|group| group_rows(group, &columns, &span)).collect();
    let head = columns.into_iter().map(|words| view! { <th scope="col">{words}</th> }).collect_view();
    view! {
        <div class="wide-table" tabindex="0" role="group" aria-labelledby=named_by>
            <table class=kind>
                <thead><tr>{head}</tr></thead>
                {groups}
            </table>
        </div>
    }
    .into_any()
}

fn group_rows(group: Group, columns: &[String], span: &str) -> AnyView {
    let title = group
        .title
        .map(|title| view! { <tr class="group"><th scope="colgroup" colspan=span.to_owned()>{title}</th></tr> });
    let empty = group.empty.map(|words| view! { <tr><td class="empty" colspan=span.to_owned()>{words}</td></tr> });
    let rows: Vec<AnyView> = group.rows.into_iter().map(|row| row_view(row, columns)).collect();
    view! { <tbody>{title} {rows} {empty}</tbody> }.into_any()
}

fn row_view(row: Row, columns: &[String]) -> AnyView {
    let names = columns.iter().skip(1);
    let cells = row
        .cells
        .into_iter()
        .zip(names)
        .map(|(cell, name)| view! { <td class=cell.class data-label=name.clone()>{cell.content}</td> })
        .collect_view();
    view! { <tr><th scope="row">{row.head}</th>{cells}</tr> }.into_any()
}
