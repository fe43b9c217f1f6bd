//! The heat table: a real HTML table whose cells are shaded by class. The number stands in every
//! cell, so the shade is never the only carrier.

#![expect(
    clippy::absolute_paths,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "the view macro writes full paths, and a component owns its props"
)]

use leptos::prelude::*;

use crate::charts::Basis;
use crate::charts::scale::Classes;
use crate::charts::twin::{Twin, TwinRow};

/// A table of rows × columns of scores.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatTable {
    /// Unique on its page.
    pub id: String,
    /// What the table shows.
    pub caption: String,
    /// The heading over the names of the rows.
    pub corner: String,
    /// The columns.
    pub columns: Vec<HeatColumn>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<HeatRow>,
    /// Which value takes which shade.
    pub classes: Classes,
    /// The words for a missing value.
    pub missing: String,
    /// Explains the signs of values that are not observed: each sign with its words.
    pub signs: Vec<(Basis, String)>,
}

/// One column of a heat table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatColumn {
    /// Its heading.
    pub title: String,
    /// A page about it.
    pub href: Option<String>,
}

/// One row of a heat table.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatRow {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// A page about it.
    pub href: Option<String>,
    /// Whether it is the area the reader chose.
    pub selected: bool,
    /// The cells.
    pub cells: Vec<HeatCell>,
}

/// One cell of a heat table.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatCell {
    /// The value; `None` is missing.
    pub value: Option<f64>,
    /// The value in words of the reader.
    pub text: String,
    /// What it rests on.
    pub basis: Basis,
    /// More for the tooltip. May be empty.
    pub note: String,
    /// A page about it.
    pub href: Option<String>,
}

impl HeatTable {
    /// The same facts without shades.
    #[must_use]
    pub fn twin(&self) -> Twin {
        Twin {
            caption: self.caption.clone(),
            header: [self.corner.clone()]
                .into_iter()
                .chain(self.columns.iter().map(|column| column.title.clone()))
                .collect(),
            rows: self
                .rows
                .iter()
                .map(|row| TwinRow {
                    name: row.name.clone(),
                    href: row.href.clone(),
                    cells: row.cells.iter().map(|cell| self.cell_text(cell)).collect(),
                })
                .collect(),
        }
    }

    fn cell_text(&self, cell: &HeatCell) -> String {
        if cell.value.is_none() { self.missing.clone() } else { format!("{}{}", cell.text, cell.basis.sign()) }
    }
}

/// Shows a heat table. It scrolls sideways inside its own box and keeps the names of the rows in
/// sight.
#[component]
pub fn HeatTablePlot(
    /// What to show.
    table: HeatTable,
) -> impl IntoView {
    let head = table.columns.iter().map(|column| {
        view! { <th scope="col">{maybe_link(column.href.clone(), column.title.clone())}</th> }
    });
    let head = head.collect_view();
    let body = table.rows.iter().map(|row| heat_row(&table, row)).collect_view();
    let signs = table
        .signs
        .iter()
        .filter(|(basis, _)| !basis.sign().is_empty())
        .map(|(basis, words)| view! { <li><span class="sign">{basis.sign()}</span>" "{words.clone()}</li> })
        .collect_view();
    view! {
        <div class="heat" id=table.id.clone()>
            <div class="heat-scroll" tabindex="0" role="group" aria-label=table.caption.clone()>
                <table>
                    <caption>{table.caption.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{table.corner.clone()}</th>
                            {head}
                        </tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
            <ul class="heat-signs">{signs}</ul>
        </div>
    }
}

fn heat_row(table: &HeatTable, row: &HeatRow) -> AnyView {
    let cells = row.cells.iter().map(|cell| heat_cell(table, cell)).collect_view();
    let class = if row.selected { "chosen" } else { "" };
    view! {
        <tr class=class data-area=row.code.clone()>
            <th scope="row">{maybe_link(row.href.clone(), row.name.clone())}</th>
            {cells}
        </tr>
    }
    .into_any()
}

fn heat_cell(table: &HeatTable, cell: &HeatCell) -> AnyView {
    let shade = table.classes.css(cell.value);
    let class = format!("{shade} {}", cell.basis.class());
    let note = (!cell.note.is_empty()).then(|| cell.note.clone());
    view! { <td class=class title=note>{maybe_link(cell.href.clone(), table.cell_text(cell))}</td> }.into_any()
}

fn maybe_link(href: Option<String>, text: String) -> AnyView {
    match href {
        Some(href) => view! { <a href=href>{text}</a> }.into_any(),
        None => text.into_any(),
    }
}
