//! What follows the choice besides map and ranking: the headline, the trend, the heat table.

use web_sys::Element;

use super::Standing;
use super::repaint::{Shown, basis, value};
use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::line::{Break, Line, Period, Point, Series};
use crate::charts::{Caption, Emphasis};
use crate::islands::rewriting::{all, element, first, redraw, set_text};
use crate::shades;
use crate::template::filled;

impl Shown<'_> {
    /// The national figure of the year with what it rests on.
    pub(super) fn paint_lead(&self) {
        let Some(lead) = self.explored.leads.get(self.year) else { return };
        set_text("#headline", &lead.headline);
        set_text("#standing-line", &lead.standing);
    }

    /// The lines of all years, of the measure chosen.
    pub(super) fn paint_trend(&self) {
        let chart = self.trend();
        set_text("#figure-trend-title", &chart.caption.title);
        set_text("#figure-trend > .subtitle", &chart.caption.description);
        redraw("figure-trend", &chart);
    }

    fn trend(&self) -> Line {
        let explored = self.explored;
        let years = 0..explored.years.len();
        let point = |standing: Option<Standing>| {
            let standing = standing?;
            let score = value(standing.0?);
            Some(Point { value: score, text: self.score(Some(standing)), basis: basis(standing) })
        };
        let newest = years.len().saturating_sub(1);
        let regions = explored.areas.iter().enumerate().filter_map(|(area, place)| {
            explored.standing(newest, 0, area)?;
            let breaks = years.clone().filter_map(|year| {
                let words = if explored.breaks.contains(&(area, year)) {
                    &explored.words.boundary_break
                } else if self.criteria_differ(year, |year, measure| explored.standing(year, measure, area)) {
                    &explored.words.break_criteria
                } else {
                    return None;
                };
                Some(Break { before: year, note: words.clone() })
            });
            Some(Series {
                code: place.code.clone(),
                name: place.name.clone(),
                short: place.short.clone(),
                emphasis: Emphasis::Context,
                points: years.clone().map(|year| point(explored.standing(year, self.measure, area))).collect(),
                breaks: breaks.collect(),
                href: Some(self.href(&place.code)),
            })
        });
        let national = Series {
            code: String::new(),
            name: explored.country.clone(),
            short: explored.country.clone(),
            emphasis: Emphasis::Yardstick,
            points: years.clone().map(|year| point(explored.country_standing(year, self.measure))).collect(),
            breaks: years
                .clone()
                .filter(|year| self.criteria_differ(*year, |year, measure| explored.country_standing(year, measure)))
                .map(|before| Break { before, note: explored.words.break_criteria.clone() })
                .collect(),
            href: None,
        };
        let title = self.trend_title(&national);
        Line {
            caption: Caption {
                id: "trend".to_owned(),
                title,
                description: filled(&explored.words.trend_subtitle, &[("measure", self.measure_name())]),
            },
            periods: explored
                .years
                .iter()
                .map(|year| Period { at: f64::from(*year), text: year.to_string() })
                .collect(),
            series: regions.chain([national]).collect(),
            axis: ValueAxis { extent: Extent::Fitted, ..ValueAxis::scores(self.marks()) },
            events: Vec::new(),
            heading: explored.words.headings[1].clone(),
            missing: explored.words.missing.clone(),
        }
    }

    fn trend_title(&self, national: &Series) -> String {
        let years = self.explored.years.iter().zip(&national.points);
        let ends: Vec<(i16, &str)> =
            years.filter_map(|(year, point)| Some((*year, point.as_ref()?.text.as_str()))).collect();
        match (ends.first(), ends.last()) {
            (Some((first, from)), Some((last, to))) if first != last => filled(
                &self.explored.words.trend_title,
                &[("first", &first.to_string()), ("from", from), ("last", &last.to_string()), ("to", to)],
            ),
            _ => self.measure_name().to_owned(),
        }
    }

    /// Whether the whole index of a year rests on other criteria than that of the year before.
    fn criteria_differ(&self, year: usize, standing: impl Fn(usize, usize) -> Option<Standing>) -> bool {
        let Some(before) = year.checked_sub(1).filter(|_| self.measure == 0) else { return false };
        if standing(before, 0).is_none() || standing(year, 0).is_none() {
            return false;
        }
        let scored = |year, measure| standing(year, measure).is_some_and(|found| found.0.is_some());
        (1..self.explored.measures.len()).any(|measure| scored(before, measure) != scored(year, measure))
    }

    /// The heat table of the year.
    pub(super) fn paint_heat(&self) {
        let explored = self.explored;
        let whole = Shown { explored, year: self.year, measure: 0 };
        let subtitle = whole.subtitle();
        set_text("#figure-heat-title", &self.widest());
        set_text("#figure-heat > .subtitle", &subtitle);
        set_text("#figure-heat caption", &subtitle);
        let missing: Vec<&str> = (1..explored.measures.len())
            .filter(|measure| {
                (0..explored.areas.len()).all(|area| {
                    explored.standing(self.year, *measure, area).is_none_or(|standing| standing.0.is_none())
                })
            })
            .filter_map(|measure| explored.measures.get(measure).map(|measure| measure.name.as_str()))
            .collect();
        set_text("#figure-heat > .note", &filled(&explored.words.unmeasured, &[("criteria", &missing.join(", "))]));
        for heading in all("#figure-heat thead th[aria-sort]") {
            let _ = heading.remove_attribute("aria-sort");
        }
        let Some(body) = first("#figure-heat tbody") else { return };
        body.set_inner_html("");
        let national: Vec<Option<Standing>> =
            (0..explored.measures.len()).map(|measure| explored.country_standing(self.year, measure)).collect();
        let rows = whole.in_order().into_iter().filter_map(|(area, _)| {
            let place = explored.areas.get(area)?;
            let cells: Vec<Option<Standing>> =
                (0..explored.measures.len()).map(|measure| explored.standing(self.year, measure, area)).collect();
            whole.heat_row(&place.name, Some(&place.code), &cells)
        });
        for row in whole.heat_row(&explored.country, None, &national).into_iter().chain(rows) {
            let _ = body.append_child(&row);
        }
    }

    /// The criterion the areas differ most in.
    fn widest(&self) -> String {
        let explored = self.explored;
        let mut widest: Option<(usize, u16, u16)> = None;
        for measure in 1..explored.measures.len() {
            let scores = (0..explored.areas.len()).filter_map(|area| explored.standing(self.year, measure, area)?.0);
            let (low, high) = scores.fold((u16::MAX, 0), |(low, high), score| (low.min(score), high.max(score)));
            if high.saturating_sub(low) > widest.map_or(0, |(_, low, high)| high - low) {
                widest = Some((measure, low, high));
            }
        }
        let Some((measure, low, high)) = widest else { return explored.words.heat.clone() };
        let name = explored.measures.get(measure).map_or("", |measure| measure.name.as_str());
        let written = |tenths: u16| self.marks().write(value(tenths), 1);
        filled(&explored.words.heat_widest, &[("criterion", name), ("low", &written(low)), ("high", &written(high))])
    }

    fn heat_row(&self, name: &str, code: Option<&str>, cells: &[Option<Standing>]) -> Option<Element> {
        let row = element("tr", None)?;
        let heading = element("th", code.is_none().then_some(name))?;
        let _ = heading.set_attribute("scope", "row");
        if let Some(code) = code {
            let _ = row.set_attribute("data-area", code);
            let link = element("a", Some(name))?;
            let _ = link.set_attribute("href", &self.href(code));
            let _ = heading.append_child(&link);
        }
        let _ = row.append_child(&heading);
        for standing in cells {
            let score = standing.and_then(|found| found.0).map(value);
            let resting = standing.filter(|_| score.is_some()).map(basis).unwrap_or_default();
            let text = format!("{}{}", self.score(*standing), if score.is_some() { resting.sign() } else { "" });
            let cell = element("td", Some(&text))?;
            let _ = cell.set_attribute("class", &format!("{} {}", shades::scores().css(score), resting.class()));
            if let Some(standing) = standing {
                let _ = cell.set_attribute("title", &self.coverage_words(*standing));
            }
            let _ = row.append_child(&cell);
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::islands::explorer::tests::sample;

    #[test]
    fn the_trend_breaks_where_territory_or_criteria_change() {
        let mut explored = sample();
        explored.breaks = vec![(1, 1)];
        let line = Shown { explored: &explored, year: 1, measure: 0 }.trend();
        let broken: Vec<(&str, Vec<&str>)> = line
            .series
            .iter()
            .map(|series| (series.name.as_str(), series.breaks.iter().map(|one| one.note.as_str()).collect()))
            .collect();
        // Abai has no access score in 2023 and one in 2024; Astana's boundary changed.
        assert_eq!(broken[0], ("Abai", vec!["other criteria"]));
        assert_eq!(broken[1], ("Astana", vec!["other boundary"]));
        assert_eq!(line.caption.title, "Index");
    }

    #[test]
    fn a_single_criterion_breaks_only_at_boundaries() {
        let line = Shown { explored: &sample(), year: 1, measure: 1 }.trend();
        assert!(line.series.iter().all(|series| series.breaks.is_empty()));
        assert_eq!(line.caption.description, "Internet access over time");
    }
}
