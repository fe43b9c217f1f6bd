//! Where the figures of a page come from: dataflows, providers, licences, and the line that says so. What each
//! source is stands on a page of its own.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::{CriterionCode, DataflowId};
use indicators::definition::Panel;
use indicators::wire::SourceEntry;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::locale::message;
use crate::route::Page;

/// The dataflows behind a criterion, or behind the whole index of the regions.
pub(crate) fn dataflows(context: &PageContext<'_>, criterion: Option<&CriterionCode>) -> Vec<DataflowId> {
    dataflows_of(context, Panel::Regions, criterion)
}

/// The same for either panel.
pub(crate) fn dataflows_of(
    context: &PageContext<'_>,
    panel: Panel,
    criterion: Option<&CriterionCode>,
) -> Vec<DataflowId> {
    let mut found: Vec<DataflowId> = Vec::new();
    let used = context
        .site
        .indicators
        .iter()
        .filter(|indicator| indicator.panel == panel && criterion.is_none_or(|code| indicator.criterion == *code));
    for dataflow in used.flat_map(|indicator| &indicator.dataflows) {
        if !found.contains(dataflow) {
            found.push(dataflow.clone());
        }
    }
    found
}

/// The sources that anything was received from: one that is only planned says nothing on a figure.
pub(crate) fn received<'a>(
    context: &PageContext<'a>,
    dataflows: &[DataflowId],
) -> impl Iterator<Item = &'a SourceEntry> {
    dataflows.iter().filter_map(|dataflow| context.site.source(dataflow)).filter(|source| source.vintage.is_some())
}

/// The licences of the data, each once.
pub(crate) fn licences<'a>(context: &PageContext<'a>, dataflows: &[DataflowId]) -> Vec<&'a str> {
    let mut licences: Vec<&str> = Vec::new();
    for source in received(context, dataflows) {
        if !licences.contains(&source.licence.as_str()) {
            licences.push(&source.licence);
        }
    }
    licences
}

/// The name of a licence: its provider's own, in English.
pub(crate) fn licence_words(licence: &str) -> AnyView {
    view! { <span lang="en">{licence.to_owned()}</span> }.into_any()
}

/// The providers by name, each with its place on the page of sources.
pub(crate) fn providers(context: &PageContext<'_>, dataflows: &[DataflowId]) -> Vec<(String, String)> {
    let mut providers: Vec<(String, String)> = Vec::new();
    for source in received(context, dataflows) {
        let provider = context.text(&source.provider);
        if !providers.iter().any(|(known, _)| *known == provider) {
            providers.push((provider, format!("{}#{}", context.href(Page::Sources), source.dataflow)));
        }
    }
    providers
}

/// Where the data come from and under which licences; nothing while nothing was received.
pub(crate) fn source_line(context: &PageContext<'_>, dataflows: &[DataflowId]) -> Option<AnyView> {
    let providers = providers(context, dataflows);
    if providers.is_empty() {
        return None;
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
    // One licence is said in full; several stand beside their sources.
    let licence = match licences(context, dataflows).as_slice() {
        [only] => view! { {context.say(message::FIGURE_LICENCE)} " " {licence_words(only)} "." }.into_any(),
        _ => view! { <a href=context.href(Page::Sources)>{context.say(message::FIGURE_LICENCES)}</a> }.into_any(),
    };
    Some(view! { <p class="source">{context.say(message::FIGURE_SOURCE)} " " {links} " " {licence}</p> }.into_any())
}

/// The source line of every measure the overview may show, of which only the chosen one is seen: an island shows another
/// with another measure.
pub(crate) fn source_lines(context: &PageContext<'_>) -> AnyView {
    let chosen = context.address.selection.criterion.as_ref();
    let measures = [None].into_iter().chain(context.site.criteria.iter().map(|criterion| Some(&criterion.code)));
    let lines = measures.filter_map(|measure| {
        let line = source_line(context, &dataflows(context, measure))?;
        let code = measure.map(ToString::to_string).unwrap_or_default();
        Some(view! { <div data-sources=code hidden=measure != chosen>{line}</div> })
    });
    lines.collect_view().into_any()
}
