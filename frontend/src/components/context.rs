//! [`PageContext`]: what a page is rendered for, with the words and links every part needs.

use std::cell::{OnceCell, RefCell};

use indicators::code::{AreaCode, CriterionCode, IndicatorCode};
use indicators::definition::{Direction, Panel};
use indicators::text::LocalText;
use indicators::wire::IndicatorEntry;

use crate::charts::line::BREAK;
use crate::components::figure::Exhibit;
use crate::data::{PublishedRelease, Site};
use crate::format::Formats;
use crate::locale::{Filling, Locale, Message, message};
use crate::route::{Address, Page};
use crate::selection::Selection;

/// What stands in a cell that does not apply.
pub(crate) const NOTHING: &str = "\u{2013}";

/// What a page is rendered for.
pub(crate) struct PageContext<'a> {
    /// What is published.
    pub(crate) site: &'a Site<'a>,
    /// The address asked for.
    pub(crate) address: &'a Address,
    /// Words.
    pub(crate) locale: &'static Locale,
    /// Numbers and dates.
    pub(crate) formats: &'static Formats,
    /// The figure that is wanted by itself, when it is not the page.
    wanted: Option<Wanted>,
    /// The first drawing that was put on the page.
    first_drawn: OnceCell<String>,
}

/// A figure to be taken out of its page.
struct Wanted {
    name: String,
    found: RefCell<Option<Exhibit>>,
}

impl<'a> PageContext<'a> {
    pub(crate) fn new(site: &'a Site<'a>, address: &'a Address) -> Self {
        let locale = Locale::of(address.language);
        Self { site, address, locale, formats: &locale.formats, wanted: None, first_drawn: OnceCell::new() }
    }

    /// For taking one figure out of the page.
    pub(crate) fn wanting(site: &'a Site<'a>, address: &'a Address, figure: &str) -> Self {
        let wanted = Wanted { name: figure.to_owned(), found: RefCell::new(None) };
        Self { wanted: Some(wanted), ..Self::new(site, address) }
    }

    /// Whether the page is rendered for the sake of one figure.
    pub(crate) fn wants_one(&self) -> bool {
        self.wanted.is_some()
    }

    /// Whether a figure is the one wanted by itself.
    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| wanted.name == figure)
    }

    /// Remembers the first drawing of the page.
    pub(crate) fn has_drawn(&self, figure: &str) {
        self.first_drawn.get_or_init(|| figure.to_owned());
    }

    /// The first drawing of a page that was put together.
    pub(crate) fn first_drawn(&self) -> Option<&str> {
        self.first_drawn.get().map(String::as_str)
    }

    /// Keeps the figure that was wanted.
    pub(crate) fn keep(&self, exhibit: Exhibit) {
        if let Some(wanted) = &self.wanted {
            wanted.found.replace(Some(exhibit));
        }
    }

    /// The figure that was wanted, when the page has it.
    pub(crate) fn found(&self) -> Option<Exhibit> {
        self.wanted.as_ref().and_then(|wanted| wanted.found.take())
    }

    /// Where the site is found, then a path: absolute when the public address is known.
    pub(crate) fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.site.origin)
    }

    /// A message without variables.
    pub(crate) fn say(&self, message: Message) -> String {
        self.locale.say(message)
    }

    /// A message with its variables.
    pub(crate) fn fill<const N: usize>(&self, message: Message, fillings: [(&'static str, Filling); N]) -> String {
        self.locale.fill(message, fillings)
    }

    /// A name or text of the data in the reader's language.
    pub(crate) fn text(&self, text: &LocalText) -> String {
        text.get(self.address.language).to_owned()
    }

    /// The name of an area; its code when the list does not know it.
    pub(crate) fn area_name(&self, code: &AreaCode) -> String {
        self.site.area(code).map_or_else(|| code.to_string(), |area| self.text(&area.name))
    }

    /// The name short enough for a tile of the map.
    pub(crate) fn short_name(&self, code: &AreaCode) -> String {
        match self.site.geography.areas.get(code.as_str()) {
            Some(shape) => self.text(&shape.short),
            None => self.area_name(code),
        }
    }

    /// The name of a criterion.
    pub(crate) fn criterion_name(&self, code: &CriterionCode) -> String {
        self.site.criterion(code).map_or_else(|| code.to_string(), |criterion| self.text(&criterion.name))
    }

    /// The country whose regions are compared.
    pub(crate) fn country(&self) -> &'a AreaCode {
        &self.site.framework.country
    }

    /// A link to a page that keeps the chosen year and the day whose knowledge is shown.
    pub(crate) fn href(&self, page: Page) -> String {
        let Selection { year, as_of, .. } = self.address.selection;
        let selection = Selection { year, as_of: as_of.filter(|_| page.looks_back()), ..Selection::default() };
        Address { page, language: self.address.language, selection }.href()
    }

    /// What asks the API for the figures of the page: an address with its query, on the day whose knowledge is shown.
    pub(crate) fn api(&self, href: &str) -> String {
        match self.address.selection.as_of {
            Some(day) => format!("{href}&as_of={day}"),
            None => href.to_owned(),
        }
    }

    /// What is said of figures that are not those of today.
    pub(crate) fn hindsight(&self) -> Option<String> {
        let day = self.formats.day(self.address.selection.as_of?);
        Some(self.fill(message::HINDSIGHT, [("day", day.into())]))
    }

    /// A link to an indicator of a panel.
    pub(crate) fn indicator_href(&self, panel: Panel, code: &IndicatorCode) -> String {
        self.href(Page::Indicator(panel, code.clone()))
    }

    /// The release of a panel for the chosen year, or the newest.
    pub(crate) fn release(&self, panel: Panel) -> Option<PublishedRelease<'a>> {
        self.site.release(panel, self.address.selection.year)
    }

    /// A value with its unit.
    pub(crate) fn value(&self, value: f64, indicator: &IndicatorEntry) -> String {
        self.formats.value(value, indicator.decimals, &indicator.unit)
    }

    /// A value on a chart whose unit stands over it.
    pub(crate) fn value_under_unit(&self, value: f64, indicator: &IndicatorEntry) -> String {
        self.formats.value_under_unit(value, indicator.decimals, &indicator.unit)
    }

    /// A value with its unit and no decimals it does not need: for goalposts.
    pub(crate) fn value_trimmed(&self, value: f64, indicator: &IndicatorEntry) -> String {
        self.formats.value(value, trimmed(value, indicator), &indicator.unit)
    }

    /// The same without its unit: for the beginning of a range, whose end names it.
    pub(crate) fn number_trimmed(&self, value: f64, indicator: &IndicatorEntry) -> String {
        self.formats.number(value, trimmed(value, indicator))
    }

    /// The unit in words, with the direction when less is better.
    pub(crate) fn unit_words(&self, indicator: &IndicatorEntry) -> String {
        let unit = self.text(&indicator.unit.name);
        match indicator.direction {
            Direction::HigherIsBetter => unit,
            Direction::LowerIsBetter => format!("{unit} \u{b7} {}", self.say(message::LOWER_IS_BETTER)),
        }
    }

    /// A score, or the words for a missing one.
    pub(crate) fn score(&self, score: Option<f64>) -> String {
        score.map_or_else(|| self.missing(), |score| self.formats.score(score))
    }

    /// What a cell of a table says, for machines: nothing where it says that nothing is known.
    pub(crate) fn plain(&self, cell: &str) -> String {
        if cell == self.missing() || cell == NOTHING {
            return String::new();
        }
        match cell.strip_prefix(BREAK) {
            Some(value) => format!("{BREAK}{}", self.formats.plain(value)),
            None => self.formats.plain(cell),
        }
    }

    /// The words for a missing value.
    pub(crate) fn missing(&self) -> String {
        self.say(message::NO_DATA)
    }
}

/// The decimals a value needs.
fn trimmed(value: f64, indicator: &IndicatorEntry) -> u8 {
    if value.fract() == 0.0 { 0 } else { indicator.decimals }
}
