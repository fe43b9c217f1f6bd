//! What a spreadsheet would run is made harmless, whatever the format.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::text::Language;

use super::table::Flow;
use super::*;

fn head() -> Head {
    Head {
        name: "sandyq-sample".to_owned(),
        title: "Sample".to_owned(),
        description: String::new(),
        address: "/sample".to_owned(),
        language: Language::En,
        columns: vec![Column::attribute("a", ""), Column::attribute("b", "")],
        codes: Vec::new(),
        flow: Flow::None,
        release: None,
        citations: Vec::new(),
        is_cut: false,
    }
}

fn written(field: Field) -> String {
    let mut out = Vec::new();
    let mut rows = [vec![field, "x".into()]].into_iter();
    csv::write(&head(), Part { is_first: true, rows: &mut rows }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text_cannot_become_a_formula_and_numbers_stay_numbers() {
    fn check(field: Field, expected: &str) {
        assert_eq!(written(field), format!("a,b\r\n{expected},x\r\n"));
    }
    check("=1+1".into(), "'=1+1");
    check("+7 701".into(), "'+7 701");
    check("-2".into(), "'-2");
    check("@SUM(A1)".into(), "'@SUM(A1)");
    check("\t=1".into(), "'\t=1");
    check("=HYPERLINK(\"http://x\",\"y\")".into(), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    check("＝1".into(), "'＝1");
    check("Түркістан, қала".into(), "\"Түркістан, қала\"");
    check((-2.5).into(), "-2.5");
    check(None::<f64>.into(), "");
    check(0.1.into(), "0.1");
    check(Some(3_u32).into(), "3");
    check(true.into(), "true");
}

#[test]
fn columns_are_chosen_in_the_order_of_the_table() {
    let rows = vec![vec!["1".into(), "2".into()]];
    let chosen = Table::held(head(), rows).select(&["b"], &csv::CSV);
    assert_eq!(chosen.head.columns.iter().map(|column| column.name).collect::<Vec<_>>(), ["b"]);
    assert_eq!(chosen.rows.collect::<Vec<_>>(), [vec![Field::from("2")]]);
}
