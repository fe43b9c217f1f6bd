//! Rendered pages, kept in memory. One shelf serves all workers, so a page is rendered and compressed
//! once for each published view. What a page shows is the frontend's matter; headers and addresses
//! are [`super`]'s.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::web::Bytes;
use frontend::data::{AssetLinks, FormatLink, PublishedRelease, Revised, Site};
use frontend::geography::{Geography, KZ20};
use frontend::pages;
use frontend::route::{Address, Page};
use frontend::selection::Selection;
use indicators::code::IndicatorCode;
use indicators::definition::{Derivation, Panel, SeriesRef};
use indicators::text::{Language, LocalText};
use indicators::wire::{ObservationEntry, RevisionEntry};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::assets;
use crate::rescoring;
use crate::routes::ROUTES;
use crate::view::View;

/// How many pages are expected to be kept: all addresses in all languages are a few thousand.
const PAGES: usize = 1_000;
/// What they may weigh together, plain and compressed.
const PAGES_BYTES: u64 = 64 * 1024 * 1024;
/// Pages rendered ahead for a new view, beside the first ones.
const MOST_AHEAD: usize = 64;
/// Pages are compressed while somebody waits.
const BROTLI_QUALITY: u32 = 6;

/// A rendered page.
#[derive(Debug)]
pub(super) struct Rendered {
    /// As it is.
    pub(super) html: Bytes,
    /// With brotli; empty if that failed.
    pub(super) brotli: Bytes,
    /// What the strong `ETag` is made from.
    pub(super) tag: String,
    /// How often it was asked for; half of it when the next view has it rendered ahead.
    asked: AtomicU32,
}

impl Rendered {
    fn new(html: String, asked: u32) -> Self {
        let digest = Sha256::digest(&html);
        Self {
            asked: AtomicU32::new(asked),
            tag: hex::encode(digest.get(..12).unwrap_or_default()),
            brotli: assets::brotli(html.as_bytes(), BROTLI_QUALITY).into(),
            html: html.into(),
        }
    }
}

/// A page of one view. Pages of former views are not asked for again and make room by themselves.
type Key = (String, Address);

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Key, Option<Arc<Rendered>>> for ByBytes {
    fn weight(&self, (view, _): &Key, page: &Option<Arc<Rendered>>) -> u64 {
        let bytes = page.as_ref().map_or(0, |page| page.html.len() + page.brotli.len());
        u64::try_from(view.len() + bytes).unwrap_or(u64::MAX)
    }
}

/// The formats of the resources that need no segment in their path.
fn formats() -> Vec<FormatLink> {
    let tables = ROUTES.iter().filter(|route| route.segments.is_empty());
    let links = tables.flat_map(|route| {
        route.formats.iter().map(|format| FormatLink {
            resource: route.path,
            name: format.name,
            suffix: format.suffix.unwrap_or_default(),
        })
    });
    links.collect()
}

/// The pages rendered so far, and what stays the same for all views.
#[derive(Debug)]
pub(super) struct Shelf {
    pages: Cache<Key, Option<Arc<Rendered>>, ByBytes>,
    geography: Arc<Geography>,
    links: AssetLinks,
    formats: Vec<FormatLink>,
    origin: String,
}

impl Default for Shelf {
    fn default() -> Self {
        Self::at(String::new())
    }
}

impl Shelf {
    /// A shelf for pages reached by a public address; empty when none is known.
    pub(super) fn at(origin: String) -> Self {
        let geography = Geography::from_json(KZ20).unwrap_or_else(|error| {
            tracing::error!(%error, "the embedded map layer cannot be read; pages show no map");
            let no_text = LocalText { kk: String::new(), ru: String::new(), en: String::new() };
            Geography { attribution: no_text, width: 1.0, height: 1.0, areas: BTreeMap::new() }
        });
        let pages = Cache::with_weighter(PAGES, PAGES_BYTES, ByBytes);
        Self { pages, geography: Arc::new(geography), links: assets::links(), formats: formats(), origin }
    }

    /// A page from the shelf, or freshly rendered; `None` when the view has nothing for the address.
    /// Who asks for a page that is just being rendered waits for it.
    pub(super) fn page(&self, view: &View, address: &Address) -> Option<Arc<Rendered>> {
        let page = self.rendered(view, address, 0);
        if let Some(page) = &page {
            page.asked.fetch_add(1, Ordering::Relaxed);
        }
        page
    }

    fn rendered(&self, view: &View, address: &Address, asked: u32) -> Option<Arc<Rendered>> {
        let render = || {
            Ok(pages::render(&self.site_for(view, address), address).map(|html| Arc::new(Rendered::new(html, asked))))
        };
        let found: Result<_, Infallible> = self.pages.get_or_insert_with(&(view.id.clone(), address.clone()), render);
        let Ok(page) = found;
        page
    }

    /// Renders ahead what most readers ask for first, the overview in every language, and what was asked for most of
    /// the view before.
    pub(super) fn prepare(&self, before: Option<&View>, view: &View) {
        let first =
            Language::ALL.map(|language| Address { page: Page::Overview, language, selection: Selection::default() });
        for address in first {
            self.rendered(view, &address, 0);
        }
        for (address, asked) in before.map(|before| self.asked_most(before)).unwrap_or_default() {
            self.rendered(view, &address, asked / 2);
        }
    }

    fn asked_most(&self, of: &View) -> Vec<(Address, u32)> {
        let of_view = self.pages.iter().filter(|((view, _), _)| *view == of.id);
        let mut asked: Vec<(Address, u32)> = of_view
            .filter_map(|((_, address), page)| Some((address, page?.asked.load(Ordering::Relaxed))))
            // What was known on a day is another view.
            .filter(|(address, times)| *times > 0 && address.selection.as_of.is_none())
            .collect();
        asked.sort_by_key(|(_, times)| Reverse(*times));
        asked.truncate(MOST_AHEAD);
        asked
    }

    /// How many pages are kept.
    #[cfg(test)]
    pub(super) fn n_pages(&self) -> usize {
        self.pages.len()
    }

    /// What a page is made from, with what is computed for this one alone.
    pub(super) fn site_for<'a>(&'a self, view: &'a View, address: &Address) -> Site<'a> {
        let site = self.site(view);
        if let Page::Indicator(panel, code) = &address.page {
            return Site { revisions: revised(view, *panel, code), ..site };
        }
        if address.page != Page::Releases {
            return site;
        }
        let changes = site.pair(Panel::Regions, address.selection.year).and_then(|(earlier, later)| {
            let release = |year| view.releases.get(&(Panel::Regions, year));
            let (before, after) = (release(earlier.year())?, release(later.year())?);
            rescoring::differences(&view.framework, before, after)
                .inspect_err(|error| tracing::error!(%error, "the page of releases cannot say why scores differ"))
                .ok()
        });
        Site { changes: changes.unwrap_or_default(), ..site }
    }

    /// What a page is made from.
    pub(super) fn site<'a>(&'a self, view: &'a View) -> Site<'a> {
        let releases = view
            .releases
            .iter()
            .map(|(key, release)| (*key, PublishedRelease { answer: &release.answer, profiles: &release.profiles }));
        Site {
            framework: &view.framework,
            areas: &view.areas,
            criteria: &view.criteria,
            indicators: &view.indicators,
            releases: releases.collect(),
            changes: Vec::new(),
            revisions: Vec::new(),
            arrivals: &view.arrivals,
            platforms: &view.platforms,
            observations: &view.observations,
            sources: &view.sources,
            formats: &self.formats,
            geography: Arc::clone(&self.geography),
            assets: self.links.clone(),
            origin: &self.origin,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// The revisions of what an indicator is made from.
fn revised(view: &View, panel: Panel, code: &IndicatorCode) -> Vec<Revised> {
    let definition = view.framework.indicators_of(panel).find(|definition| definition.code == *code);
    let Some(definition) = definition else { return Vec::new() };
    let derivations = definition.derivation.iter().chain(definition.national_derivation.as_ref());
    let inputs: Vec<&SeriesRef> = derivations.flat_map(Derivation::inputs).collect();
    let revisions = view.revisions_among(|entry| inputs.iter().any(|input| is_of(entry, input)));
    let measured = |revision: &RevisionEntry| {
        view.measured.iter().find(|one| one.dataflow == revision.dataflow && one.code == revision.indicator)
    };
    let revised = revisions.into_iter().filter_map(|(before, after, entry)| {
        let measured = measured(&entry)?;
        Some(Revised {
            unit: measured.unit.clone(),
            decimals: measured.decimals,
            before_since: before.date,
            after_since: after.date,
            entry,
        })
    });
    revised.collect()
}

fn is_of(entry: &ObservationEntry, input: &SeriesRef) -> bool {
    let breakdown = &input.series.breakdown;
    entry.dataflow == input.dataflow
        && entry.indicator == input.series.indicator
        && entry.urbanisation == breakdown.urbanisation
        && entry.sex == breakdown.sex
        && entry.age == breakdown.age
}
