//! Made-up numbers for the gallery, with names of the lengths real pages have.

use std::sync::Arc;

use crate::charts::axis::{Extent, NumberMarks, ValueAxis};
use crate::charts::choropleth::{Choropleth, MapArea, MapLabels};
use crate::charts::heat_table::{HeatCell, HeatColumn, HeatRow, HeatTable};
use crate::charts::legend::ClassLegend;
use crate::charts::line::{Break, Event, Line, Period, Point, Series};
use crate::charts::ranking::{Coverage, RankInterval, Ranking, RankingHeadings, RankingRow};
use crate::charts::scale::{Classes, number};
use crate::charts::tile_grid::TileGrid;
use crate::charts::{Basis, Caption, Chart, Emphasis};
use crate::geography::{Geography, KZ20};

/// Code, name, made-up score in tenths; 0 stands for none.
pub(super) const AREAS: [(&str, &str, u16); 20] = [
    ("KZ-71", "Астана", 812),
    ("KZ-75", "Алматы", 774),
    ("KZ-39", "Қостанай облысы", 731),
    ("KZ-35", "Қарағанды облысы", 712),
    ("KZ-59", "Солтүстік Қазақстан облысы", 699),
    ("KZ-55", "Павлодар облысы", 688),
    ("KZ-63", "Шығыс Қазақстан облысы", 671),
    ("KZ-11", "Ақмола облысы", 655),
    ("KZ-79", "Шымкент", 640),
    ("KZ-27", "Батыс Қазақстан облысы", 622),
    ("KZ-15", "Ақтөбе облысы", 608),
    ("KZ-23", "Атырау облысы", 577),
    ("KZ-19", "Алматы облысы", 548),
    ("KZ-47", "Маңғыстау облысы", 520),
    ("KZ-31", "Жамбыл облысы", 488),
    ("KZ-43", "Қызылорда облысы", 466),
    ("KZ-61", "Түркістан облысы", 423),
    ("KZ-33", "Жетісу облысы", 371),
    ("KZ-10", "Абай облысы", 186),
    ("KZ-62", "Ұлытау облысы", 0),
];

pub(super) fn caption(id: &str, title: &str) -> Caption {
    Caption {
        id: id.to_owned(),
        title: title.to_owned(),
        description: "Ойдан алынған сандар, тек көрсету үшін".to_owned(),
    }
}

pub(super) fn score(tenths: u16) -> Option<f64> {
    (tenths > 0).then(|| f64::from(tenths) / 10.0)
}

pub(super) fn written(value: Option<f64>) -> String {
    value.map_or_else(|| "дерек жоқ".to_owned(), |value| NumberMarks::COMMA.write(value, 1))
}

pub(super) fn axis(extent: Extent, unit: &str, name: &str) -> ValueAxis {
    ValueAxis { extent, marks: NumberMarks::COMMA, unit: unit.to_owned(), name: name.to_owned() }
}

fn map_area(code: &str, name: &str, value: Option<f64>, geography: &Geography) -> MapArea {
    MapArea {
        code: code.to_owned(),
        name: name.to_owned(),
        short: geography.areas[code].short.kk.clone(),
        value,
        text: written(value),
        basis: if code == "KZ-33" { Basis::Substituted } else { Basis::Observed },
        note: "2023".to_owned(),
        href: Some(format!("#{code}")),
        selected: code == "KZ-43",
    }
}

fn choropleth() -> Choropleth {
    let geography = Arc::new(Geography::from_json(KZ20).unwrap());
    Choropleth {
        caption: caption("map", "Солтүстік пен екі қала алда, оңтүстік артта"),
        areas: AREAS.iter().map(|(code, name, value)| map_area(code, name, score(*value), &geography)).collect(),
        geography,
        classes: Classes::scores(),
        legend: ClassLegend {
            title: "Индекс, 0–100".to_owned(),
            missing: "дерек жоқ".to_owned(),
            marks: NumberMarks::COMMA,
            unit: String::new(),
        },
        headings: ["Өңір".to_owned(), "Индекс".to_owned()],
        labels: MapLabels::NamesAndValues,
    }
}

fn tiles() -> TileGrid {
    TileGrid { caption: caption("tiles", "Тор карта"), ..choropleth().tiles() }
}

fn ranking() -> Ranking {
    let rows = AREAS.iter().zip(1u32..).map(|((code, name, tenths), rank)| {
        let value = score(*tenths);
        let spread = 1 + rank % 4;
        RankingRow {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            rank: value.map(|_| rank.to_string()).unwrap_or_default(),
            value,
            text: written(value),
            interval: value
                .map(|_| RankInterval { best: rank.saturating_sub(spread).max(1), worst: (rank + spread).min(19) }),
            coverage: Some(Coverage {
                observed: if value.is_some() { 0.9 - 0.03 * f64::from(rank) } else { 0.0 },
                carried: 0.06,
                substituted: if rank > 17 { 0.25 } else { 0.0 },
                imputed: 0.0,
                text: "70\u{a0}%".to_owned(),
            }),
            note: String::new(),
            href: Some(format!("#{code}")),
            emphasis: if *code == "KZ-43" { Emphasis::Chosen } else { Emphasis::Context },
        }
    });
    Ranking {
        caption: caption("ranking", "Астана алда, бес өңірдің арасы дәлелденбейді"),
        rows: rows.collect(),
        axis: ValueAxis::scores(NumberMarks::COMMA),
        headings: RankingHeadings {
            rank: "Орын".to_owned(),
            area: "Өңір".to_owned(),
            value: "Индекс".to_owned(),
            interval: "Орындар аралығы".to_owned(),
            coverage: "Қамту".to_owned(),
        },
        missing: "дерек жоқ".to_owned(),
    }
}

pub(super) fn series(code: &str, name: &str, emphasis: Emphasis, values: &[f64]) -> Series {
    let point = |value: &f64| {
        (*value > 0.0).then(|| Point {
            value: *value,
            text: NumberMarks::COMMA.write(*value, 1),
            basis: if *value < 62.0 { Basis::Carried } else { Basis::Observed },
        })
    };
    Series {
        code: code.to_owned(),
        name: name.to_owned(),
        short: name.to_owned(),
        emphasis,
        points: values.iter().map(point).collect(),
        breaks: Vec::new(),
        href: None,
    }
}

pub(super) fn periods(first: u16, count: u16) -> Vec<Period> {
    (first..first + count).map(|year| Period { at: f64::from(year), text: year.to_string() }).collect()
}

fn line() -> Line {
    let mut east =
        series("KZ-63", "Шығыс Қаз.", Emphasis::Peer(1), &[63.0, 66.0, 68.5, 74.0, 78.0, 80.0, 86.0, 87.0, 88.5]);
    east.breaks.push(Break { before: 6, note: "2022: Абай облысы бөлінді".to_owned() });
    Line {
        caption: caption("line", "Интернет қолданушылар барлық жерде көбейді"),
        periods: periods(2016, 9),
        series: vec![
            series("a", "Атырау", Emphasis::Context, &[61.0, 64.0, 70.0, 75.0, 77.0, 82.0, 84.0, 88.0, 91.0]),
            series("b", "Ақтөбе", Emphasis::Context, &[58.0, 60.0, 0.0, 71.0, 79.0, 83.0, 85.0, 86.0, 90.0]),
            series("KZ-43", "Қызылорда", Emphasis::Chosen, &[55.0, 59.0, 66.0, 0.0, 0.0, 81.0, 85.0, 89.0, 92.0]),
            east,
            series("KZ-71", "Астана", Emphasis::Peer(0), &[78.0, 80.0, 84.0, 86.0, 89.0, 91.0, 92.0, 92.5, 93.0]),
            series("KZ-62", "Ұлытау", Emphasis::Peer(2), &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 88.0, 89.0, 88.8]),
            series("old", "2023 ж. басылым", Emphasis::Earlier, &[64.0, 66.0, 71.0, 77.0, 80.0, 85.0, 0.0, 0.0, 0.0]),
            series("KAZ", "Қазақстан", Emphasis::Yardstick, &[66.0, 68.0, 74.0, 79.0, 82.0, 86.0, 88.0, 90.0, 91.5]),
        ],
        axis: axis(Extent::Fitted, "\u{a0}%", "6–74 жастағы интернет қолданушылардың үлесі"),
        events: vec![Event { at: 2021.5, text: "2022: жаңа облыстар".to_owned() }],
        heading: "Өңір".to_owned(),
        missing: "дерек жоқ".to_owned(),
    }
}

pub(super) fn heat_table() -> HeatTable {
    let columns = [
        "Интернетке қолжетімділік",
        "Цифрлық құрылғылар",
        "Цифрлық оқыту контенті",
        "Кадрлық ресурстар",
        "EdTech нарығының дамуы",
        "Инвестициялар",
        "Цифрлық теңсіздікті азайту",
        "Цифрлық менеджмент",
    ];
    let rows = AREAS.iter().enumerate().map(|(row, (code, name, tenths))| HeatRow {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        href: Some(format!("#{code}")),
        selected: *code == "KZ-43",
        cells: (0..columns.len())
            .map(|column| {
                let value = score(*tenths)
                    .filter(|_| column != 2 && column != 7)
                    .map(|value| (value + number(column * 17 + row * 5) % 29.0 - 12.0).clamp(0.0, 100.0));
                HeatCell {
                    value,
                    text: written(value),
                    basis: if row > 16 && column == 3 { Basis::Substituted } else { Basis::Observed },
                    note: "2023".to_owned(),
                    href: Some("#cell".to_owned()),
                }
            })
            .collect(),
    });
    HeatTable {
        id: "heat".to_owned(),
        caption: "Сегіз критерий бойынша ұпайлар".to_owned(),
        corner: "Өңір".to_owned(),
        columns: columns.iter().map(|title| HeatColumn { title: (*title).to_owned(), href: None }).collect(),
        rows: rows.collect(),
        classes: Classes::scores(),
        missing: "дерек жоқ".to_owned(),
        signs: vec![(Basis::Substituted, "басқа аумақтың мәні".to_owned())],
    }
}

pub(super) fn all() -> Vec<(&'static str, Box<dyn Chart>)> {
    vec![
        ("choropleth", Box::new(choropleth())),
        ("tile grid", Box::new(tiles())),
        ("ranking", Box::new(ranking())),
        ("line", Box::new(line())),
    ]
}

/// Charts that have nothing to show.
pub(super) fn empty() -> Vec<(&'static str, Box<dyn Chart>)> {
    let tiles = tiles();
    vec![
        ("choropleth", Box::new(Choropleth { areas: Vec::new(), ..choropleth() })),
        ("tile grid", Box::new(TileGrid { tiles: Vec::new(), ..tiles })),
        ("ranking", Box::new(Ranking { rows: Vec::new(), ..ranking() })),
        ("line", Box::new(Line { series: Vec::new(), periods: Vec::new(), ..line() })),
    ]
}
