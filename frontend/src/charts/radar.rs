//! The radar chart: a profile over a few criteria. It always stands beside its table twin, because
//! areas on a radar mislead. A missing value breaks the outline and is named.

use std::f64::consts::{PI, TAU};

use crate::charts::axis::NumberMarks;
use crate::charts::drawing::{Drawing, Element};
use crate::charts::legend::series_key;
use crate::charts::line::Point;
use crate::charts::marker::marker;
use crate::charts::scale::{Linear, number};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label, path};

/// A radar chart of scores from 0 to 100.
#[derive(Debug, Clone, PartialEq)]
pub struct Radar {
    /// Its names.
    pub caption: Caption,
    /// The names of the criteria, clockwise from the top.
    pub spokes: Vec<String>,
    /// The profiles.
    pub profiles: Vec<Profile>,
    /// Heading over the criteria in the table twin.
    pub heading: String,
    /// The words for a missing value.
    pub missing: String,
    /// How the rings are written.
    pub marks: NumberMarks,
}

/// One profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// A value or nothing for each spoke.
    pub values: Vec<Option<Point>>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

const RINGS: [f64; 5] = [20.0, 40.0, 60.0, 80.0, 100.0];

impl Chart for Radar {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let (radius, name_room) = match size {
            Size::Wide => (150.0, 190.0),
            Size::Compact => (80.0, 120.0),
        };
        let keys = self.profiles.iter().map(|profile| (profile.emphasis, profile.name.as_str()));
        let (key, key_height) = series_key(keys, (0.0, 0.0), size.width(), text_height);
        let margin = 2.0 * text_height + 22.0;
        let centre = (size.width() / 2.0, key_height + margin + radius);
        let scale = Linear::new((0.0, 100.0), (0.0, radius));
        let web = RINGS.iter().map(|ring| {
            let corners: Vec<_> =
                (0..self.spokes.len()).map(|index| self.at(index, scale.position(*ring), centre)).collect();
            Element::path(format!("{}z", path::open(&corners))).class("web")
        });
        let spokes =
            (0..self.spokes.len()).map(|index| Element::line(centre, self.at(index, radius, centre)).class("spoke"));
        let rings = RINGS.iter().filter(|ring| **ring < 90.0 && size == Size::Wide).map(|ring| {
            let y = centre.1 - scale.position(*ring);
            Element::text(centre.0 + 4.0, y - 3.0, self.marks.write(*ring, 0)).class("tick")
        });
        let names = self.spokes.iter().enumerate().map(|(index, name)| {
            let known = self.profiles.iter().any(|profile| profile.values.get(index).is_some_and(Option::is_some));
            self.spoke_name(index, name, known, centre, (radius, name_room, text_height))
        });
        let profiles = self.profiles.iter().rev().map(|profile| self.outline(profile, centre, &scale));
        Drawing::new(&self.caption, "radar", size, centre.1 + radius + margin)
            .with([key, Element::group("axis").children(web).children(spokes)])
            .with(profiles)
            .with([Element::group("rings").children(rings), Element::group("spokes").children(names)])
    }

    fn twin(&self) -> Twin {
        let cell = |profile: &Profile, index: usize| match profile.values.get(index).and_then(Option::as_ref) {
            Some(point) => format!("{}{}", point.text, point.basis.sign()),
            None => self.missing.clone(),
        };
        Twin {
            caption: self.caption.title.clone(),
            header: [self.heading.clone()]
                .into_iter()
                .chain(self.profiles.iter().map(|profile| profile.name.clone()))
                .collect(),
            rows: self
                .spokes
                .iter()
                .enumerate()
                .map(|(index, spoke)| TwinRow {
                    name: spoke.clone(),
                    href: None,
                    cells: self.profiles.iter().map(|profile| cell(profile, index)).collect(),
                })
                .collect(),
        }
    }
}

impl Radar {
    fn angle(&self, index: usize) -> f64 {
        number(index) / number(self.spokes.len().max(1)) * TAU - PI / 2.0
    }

    fn at(&self, index: usize, distance: f64, centre: (f64, f64)) -> (f64, f64) {
        let (sin, cos) = self.angle(index).sin_cos();
        (centre.0 + distance * cos, centre.1 + distance * sin)
    }

    fn spoke_name(
        &self,
        index: usize,
        name: &str,
        known: bool,
        centre: (f64, f64),
        (radius, room, text_height): (f64, f64, f64),
    ) -> Element {
        let (x, y) = self.at(index, radius + 12.0, centre);
        let (sin, cos) = self.angle(index).sin_cos();
        let anchor = if cos.abs() < 0.2 {
            "middle"
        } else if cos > 0.0 {
            "start"
        } else {
            "end"
        };
        let room = match anchor {
            "middle" => room * 1.5,
            "start" => (2.0 * centre.0 - x).min(room),
            _ => x.min(room),
        };
        let mut lines = label::wrapped(name, room, text_height, 3);
        if !known {
            lines.push(label::shortened(&self.missing, room, text_height));
        }
        let block = (number(lines.len()) - 1.0) * (text_height + 2.0);
        // Names above the centre grow upwards, names below grow downwards.
        let first = y + text_height * 0.35 - block * (0.5 - sin * 0.5);
        let class = if known { "spoke-name" } else { "no-data" };
        Element::group("spoke-label").children(lines.into_iter().enumerate().map(|(line, text)| {
            Element::text(x, first + number(line) * (text_height + 2.0), text).class(class).anchor(anchor)
        }))
    }

    fn outline(&self, profile: &Profile, centre: (f64, f64), scale: &Linear) -> Element {
        let count = self.spokes.len();
        let place = |index: usize| {
            let point = profile.values.get(index)?.as_ref()?;
            Some(self.at(index, scale.clamped(point.value), centre))
        };
        let corners: Vec<Option<(f64, f64)>> = (0..count).map(place).collect();
        let mut group = Element::group(format!("series {}", profile.emphasis.class()));
        if corners.iter().all(Option::is_some) && count > 2 {
            let all: Vec<(f64, f64)> = corners.iter().flatten().copied().collect();
            group = group.child(Element::path(format!("{}z", path::open(&all))).class("shape"));
        } else {
            // Only neighbours that both have a value are joined.
            let edges: String = (0..count)
                .filter_map(|index| Some(path::open(&[corners[index]?, corners[(index + 1) % count]?])))
                .collect();
            if !edges.is_empty() {
                group = group.child(Element::path(edges).class("stroke"));
            }
        }
        let dots = corners.iter().enumerate().filter_map(|(index, corner)| {
            let point = profile.values.get(index)?.as_ref()?;
            let tip = format!("{}, {}: {}{}", profile.name, self.spokes[index], point.text, point.basis.sign());
            let mark = marker(profile.emphasis, (*corner)?, 3.4);
            Some(mark.class(format!("point {}", point.basis.class())).titled(tip))
        });
        group.children(dots)
    }
}
