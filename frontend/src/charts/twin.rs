//! The table twin of a chart: the same facts in rows, for readers who prefer or need them.

#![expect(
    clippy::absolute_paths,
    clippy::must_use_candidate,
    reason = "the view macro writes full paths, and a component owns its props"
)]

use leptos::prelude::*;

/// A table with a heading per column and a name per row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Twin {
    /// What the table holds.
    pub caption: String,
    /// Headings, the first one over the names of the rows.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<TwinRow>,
}

/// One row of a table twin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TwinRow {
    /// What the row is about.
    pub name: String,
    /// A page about it.
    pub href: Option<String>,
    /// The other cells, as many as there are headings after the first.
    pub cells: Vec<String>,
}

/// Shows a table twin. The style comes from `.twin`.
#[component]
pub fn TwinTable(
    /// What to show.
    twin: Twin,
) -> impl IntoView {
    let head = twin.header.into_iter().map(|heading| view! { <th scope="col">{heading}</th> }).collect_view();
    let body = twin
        .rows
        .into_iter()
        .map(|row| {
            let name = match row.href {
                Some(href) => view! { <a href=href>{row.name}</a> }.into_any(),
                None => row.name.into_any(),
            };
            let cells = row.cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let name = twin.caption.clone();
    view! {
        <div class="twin" tabindex="0" role="group" aria-label=name>
            <table>
                <caption>{twin.caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}
