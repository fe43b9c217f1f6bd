//! Made-up numbers for the charts of pairs, profiles and distributions.

use super::samples::{AREAS, axis, caption, periods, score, written};
use crate::charts::axis::{Extent, NumberMarks, ValueAxis};
use crate::charts::bar::{Bar, BarRow};
use crate::charts::bump::{Bump, BumpItem};
use crate::charts::contribution::{Contribution, ContributionRow, Contributions};
use crate::charts::dumbbell::{Dumbbell, DumbbellRow};
use crate::charts::line::Point;
use crate::charts::radar::{Profile, Radar};
use crate::charts::scale::number;
use crate::charts::scatter::{Scatter, ScatterPoint};
use crate::charts::slope::{Names, Slope, SlopeItem, Top};
use crate::charts::sparkline::Sparkline;
use crate::charts::strip::{Strip, StripPoint};
use crate::charts::{Basis, Chart, Emphasis};

const MISSING: &str = "дерек жоқ";

fn emphasis(code: &str) -> Emphasis {
    match code {
        "KZ-43" => Emphasis::Chosen,
        "KZ-71" => Emphasis::Peer(0),
        "KZ-61" => Emphasis::Peer(1),
        "KZ-63" => Emphasis::Peer(2),
        _ => Emphasis::Context,
    }
}

fn point(value: f64) -> Point {
    let basis = if value < 45.0 { Basis::Substituted } else { Basis::Observed };
    Point { value, text: NumberMarks::COMMA.write(value, 1), basis }
}

fn bar() -> Bar {
    let rows = AREAS.iter().map(|(code, name, tenths)| BarRow {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        value: score(*tenths),
        text: written(score(*tenths)),
        basis: if *code == "KZ-33" { Basis::Substituted } else { Basis::Observed },
        note: "2018".to_owned(),
        href: Some(format!("#{code}")),
        emphasis: if *code == "KZ-43" { Emphasis::Chosen } else { Emphasis::Context },
    });
    Bar {
        caption: caption("bars", "Компьютері бар мектептер"),
        rows: rows.collect(),
        axis: axis(Extent::FromZero, "\u{a0}%", "Компьютері бар мектептердің үлесі"),
        yardstick: Some((61.3, "Қазақстан 61,3".to_owned())),
        headings: ["Өңір".to_owned(), "Мән".to_owned()],
        missing: MISSING.to_owned(),
    }
}

fn dumbbell() -> Dumbbell {
    let rows = AREAS.iter().enumerate().map(|(index, (code, name, tenths))| {
        let town = score(*tenths).map(|value| (value + 14.0).min(99.0));
        let village = score(*tenths).map(|value| value - number(index % 5) * 4.0);
        DumbbellRow {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            values: vec![town.map(point), village.filter(|_| index > 1).map(point)],
            gap: town
                .zip(village)
                .filter(|_| index > 1)
                .map(|(town, village)| NumberMarks::COMMA.write(town - village, 1))
                .unwrap_or_default(),
            href: Some(format!("#{code}")),
            emphasis: if *code == "KZ-43" { Emphasis::Chosen } else { Emphasis::Context },
        }
    });
    Dumbbell {
        caption: caption("dumbbell", "Ауыл қаладан артта"),
        rows: rows.collect(),
        ends: vec!["Қала".to_owned(), "Ауыл".to_owned()],
        axis: axis(Extent::Fitted, "\u{a0}%", ""),
        heading: "Өңір".to_owned(),
        gap_heading: "Айырма".to_owned(),
        missing: MISSING.to_owned(),
    }
}

fn slope() -> Slope {
    let items = AREAS.iter().enumerate().map(|(index, (code, name, tenths))| SlopeItem {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        short: (*name).to_owned(),
        values: [
            score(*tenths).filter(|_| index != 17).map(|value| point(value - number(index * 7 % 13))),
            score(*tenths).map(point),
        ],
        href: None,
        emphasis: emphasis(code),
    });
    Slope {
        caption: caption("slope", "Қызылорда екі жылда өсті"),
        moments: ["2021".to_owned(), "2023".to_owned()],
        items: items.collect(),
        axis: axis(Extent::Fitted, "", ""),
        top: Top::Highest,
        names: Names::Emphasised,
        heading: "Өңір".to_owned(),
        missing: MISSING.to_owned(),
    }
}

fn bump() -> Bump {
    let items = AREAS.iter().zip(0u32..).map(|((code, name, tenths), index)| BumpItem {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        short: (*name).to_owned(),
        // Rotating places in groups of four gives a permutation in every year.
        ranks: (0u32..8)
            .map(|year| {
                let moved = index / 4 * 4 + (index + year * (index / 4 % 2)) % 4;
                (*tenths > 0 && !(index > 17 && year < 5)).then_some(moved + 1)
            })
            .collect(),
        href: Some(format!("#{code}")),
        emphasis: emphasis(code),
    });
    Bump {
        caption: caption("bump", "Астана сегіз жыл бойы бірінші"),
        periods: periods(2017, 8),
        items: items.collect(),
        heading: "Өңір".to_owned(),
        missing: MISSING.to_owned(),
    }
}

fn scatter() -> Scatter {
    let points = AREAS.iter().enumerate().filter_map(|(index, (code, name, tenths))| {
        let y = score(*tenths)?;
        let x = (y * 0.6 + number(index * 31 % 23)).min(99.0);
        Some(ScatterPoint {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            at: (x, y),
            texts: [written(Some(x)), written(Some(y))],
            href: Some(format!("#{code}")),
            emphasis: emphasis(code),
        })
    });
    Scatter {
        caption: caption("scatter", "Интернет пен құрылғылар бірге жүреді"),
        points: points.collect(),
        x: axis(Extent::Fitted, "\u{a0}%", "Интернетке қолжетімділік, ұпай"),
        y: axis(Extent::Fitted, "", "Индекс, 0–100"),
        heading: "Өңір".to_owned(),
    }
}

const CRITERIA: [&str; 8] = [
    "Интернетке қолжетімділік",
    "Цифрлық құрылғылар",
    "Цифрлық оқыту контенті",
    "Кадрлық ресурстар",
    "EdTech нарығының дамуы",
    "Инвестициялар",
    "Цифрлық теңсіздікті азайту",
    "Цифрлық менеджмент",
];

fn radar() -> Radar {
    let profile = |name: &str, emphasis: Emphasis, values: [f64; 8]| Profile {
        name: name.to_owned(),
        values: values.into_iter().map(|value| (value > 0.0).then(|| point(value))).collect(),
        emphasis,
    };
    Radar {
        caption: caption("radar", "Қызылорданың әлсіз жері: инвестиция"),
        spokes: CRITERIA.map(str::to_owned).to_vec(),
        profiles: vec![
            profile("Қызылорда облысы", Emphasis::Chosen, [72.0, 61.0, 0.0, 55.0, 31.0, 22.0, 66.0, 48.0]),
            profile("Қазақстан", Emphasis::Yardstick, [78.0, 70.0, 0.0, 62.0, 44.0, 40.0, 58.0, 66.0]),
        ],
        heading: "Критерий".to_owned(),
        missing: MISSING.to_owned(),
        marks: NumberMarks::COMMA,
    }
}

fn contributions() -> Contributions {
    let rows = AREAS.iter().enumerate().map(|(index, (code, name, tenths))| ContributionRow {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        total: written(score(*tenths)),
        parts: (0..8)
            .map(|part| {
                let value = score(*tenths).filter(|_| part != 2)? * [0.2, 0.14, 0.0, 0.16, 0.1, 0.1, 0.18, 0.12][part];
                Some(Contribution { value, text: written(Some(value)), basis: Basis::Observed })
            })
            .collect(),
        href: Some(format!("#{code}")),
        emphasis: if index == 15 { Emphasis::Chosen } else { Emphasis::Context },
    });
    Contributions {
        caption: caption("contributions", "Ұпай неден құралады"),
        parts: CRITERIA.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        axis: ValueAxis::scores(NumberMarks::COMMA),
        headings: ["Өңір".to_owned(), "Индекс".to_owned()],
        missing: MISSING.to_owned(),
    }
}

fn strip() -> Strip {
    let points = AREAS.iter().filter_map(|(code, name, tenths)| {
        Some(StripPoint {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            value: score(*tenths)?,
            text: written(score(*tenths)),
            href: Some(format!("#{code}")),
            emphasis: match *code {
                "KZ-43" => Emphasis::Chosen,
                "KZ-71" | "KZ-10" => Emphasis::Peer(0),
                _ => Emphasis::Context,
            },
        })
    });
    Strip {
        caption: caption("strip", "Қызылорда ортадан төмен"),
        points: points.collect(),
        axis: ValueAxis::scores(NumberMarks::COMMA),
        yardstick: Some((61.0, "Медиана 61,0".to_owned())),
        headings: ["Өңір".to_owned(), "Индекс".to_owned()],
    }
}

fn sparkline() -> Sparkline {
    Sparkline {
        caption: caption("spark", "2017–2024"),
        periods: periods(2017, 8),
        points: [51.0, 53.0, 0.0, 60.0, 0.0, 66.0, 64.0, 70.0]
            .map(|value| (value > 0.0).then(|| point(value)))
            .to_vec(),
        ends: None,
        emphasis: Emphasis::Chosen,
        headings: ["Жыл".to_owned(), "Мән".to_owned()],
        missing: MISSING.to_owned(),
    }
}

pub(super) fn all() -> Vec<(&'static str, Box<dyn Chart>)> {
    vec![
        ("bar", Box::new(bar())),
        ("dumbbell", Box::new(dumbbell())),
        ("slope", Box::new(slope())),
        ("bump", Box::new(bump())),
        ("scatter", Box::new(scatter())),
        ("radar", Box::new(radar())),
        ("contributions", Box::new(contributions())),
        ("strip", Box::new(strip())),
        ("sparkline", Box::new(sparkline())),
    ]
}

pub(super) fn empty() -> Vec<(&'static str, Box<dyn Chart>)> {
    vec![
        ("bar", Box::new(Bar { rows: Vec::new(), yardstick: None, ..bar() })),
        ("dumbbell", Box::new(Dumbbell { rows: Vec::new(), ..dumbbell() })),
        ("slope", Box::new(Slope { items: Vec::new(), ..slope() })),
        ("bump", Box::new(Bump { items: Vec::new(), periods: Vec::new(), ..bump() })),
        ("scatter", Box::new(Scatter { points: Vec::new(), ..scatter() })),
        ("radar", Box::new(Radar { spokes: Vec::new(), profiles: Vec::new(), ..radar() })),
        ("contributions", Box::new(Contributions { rows: Vec::new(), parts: Vec::new(), ..contributions() })),
        ("strip", Box::new(Strip { points: Vec::new(), yardstick: None, ..strip() })),
        ("sparkline", Box::new(Sparkline { points: Vec::new(), periods: Vec::new(), ..sparkline() })),
    ]
}
