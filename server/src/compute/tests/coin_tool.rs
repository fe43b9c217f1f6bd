//! Workbooks made here in the layout of the COIN Tool; every figure in them is invented.

use rust_xlsxwriter::Workbook;

use super::*;
use crate::compute::coin_tool::read;

/// Cells of the sheet `Database` by address; a number is written as one.
fn database() -> Vec<(&'static str, String)> {
    let mut cells = Vec::new();
    let mut column = |letter: char, top: [&str; 10], values: [&str; 4]| {
        let rows = (7..17).zip(top).chain((17..21).zip(values));
        for (row, text) in rows {
            cells.push((Box::leak(format!("{letter}{row}").into_boxed_str()) as &str, text.to_owned()));
        }
    };
    column('E', ["1", "1", "0", "100", "Index", "si.01", "p.01", "sp.01", "Net", "ind.01"], ["10", "n/a", "40", "90"]);
    column('F', ["3", "-1", "0", "50", "Index", "si.01", "p.01", "sp.01", "Gap", "ind.02"], ["5", "9", "1", "2"]);
    column('G', ["1", "1", "0", "10", "Index", "si.01", "p.02", "sp.01", "Skill", "ind.03"], ["1", "2", "4", "8"]);
    for (row, (name, code)) in (17..).zip([("Aland", "A"), ("Beland", "B"), ("Celand", "C"), ("Deland", "D")]) {
        cells.push((Box::leak(format!("B{row}").into_boxed_str()), name.to_owned()));
        cells.push((Box::leak(format!("C{row}").into_boxed_str()), code.to_owned()));
    }
    cells
}

fn framework() -> Vec<(&'static str, String)> {
    [
        ("C4", "Code"),
        ("E4", "Weight"),
        ("H4", "Dimension/indicator"),
        ("C5", "Index"),
        ("E5", "1"),
        ("H5", "The index"),
        ("C6", "p.01"),
        ("E6", "2"),
        ("H6", "Access"),
        ("C7", "p.02"),
        ("E7", "1"),
        ("H7", "People"),
        ("C8", "p.03"),
        ("E8", ""),
        ("H8", "--"),
    ]
    .map(|(address, text)| (address, text.to_owned()))
    .to_vec()
}

fn workbook(sheets: [(&str, Vec<(&'static str, String)>); 2]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, cells) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (address, text) in cells {
            let letters: String = address.chars().take_while(char::is_ascii_alphabetic).collect();
            let column = letters.bytes().fold(0_u16, |column, letter| column * 26 + u16::from(letter - b'A') + 1) - 1;
            let row: u32 = address[letters.len()..].parse().unwrap();
            match text.parse::<f64>() {
                Ok(number) => sheet.write_number(row - 1, column, number).unwrap(),
                Err(_) => sheet.write_string(row - 1, column, text).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

fn changed(address: &str, to: &str) -> Vec<u8> {
    let mut cells = database();
    cells.iter_mut().filter(|(at, _)| *at == address).for_each(|(_, text)| to.clone_into(text));
    workbook([("Database", cells), ("Framework", framework())])
}

#[test]
fn a_workbook_gives_the_scores_of_its_tables() {
    let tables = read(&workbook([("Database", database()), ("Framework", framework())])).unwrap();
    // One sub-index and one sub-pillar for all: levels that are not used.
    let unused = |group: &str| ReadFinding::LevelUnused { group: group.to_owned() };
    assert_eq!(tables.findings, [unused("sp.01"), unused("si.01")]);
    let goalposts = br#"{"screen":{"method":"none"},"impute":{"method":"none"},"treat":{"method":"none"},
        "normalise":{"method":"goalposts"},"aggregate":{"method":"arithmetic"}}"#;
    let recipe = read_recipe(goalposts).unwrap();
    let from_workbook = compute(tables, &recipe, &Wishes::default()).unwrap().answer.report;
    let imeta = "iCode,Type,Parent,Direction,Weight,goalpost_lower,goalpost_upper\n\
        Index,Aggregate,,,1,,\np.01,Aggregate,Index,,2,,\nind.01,Indicator,p.01,1,1,0,100\n\
        ind.02,Indicator,p.01,-1,3,0,50\np.02,Aggregate,Index,,1,,\nind.03,Indicator,p.02,1,1,0,10\n";
    let idata = "uCode,ind.01,ind.02,ind.03\nA,10,5,1\nB,,9,2\nC,40,1,4\nD,90,2,8\n";
    let from_tables = compute_coinr(idata.as_bytes(), imeta.as_bytes(), goalposts).unwrap().report;
    assert_eq!(from_workbook, from_tables);
    // (2·(1·10 + 3·90)/4 + 10)/3
    let first = from_workbook.areas[0].scores["Index"].unwrap();
    assert!((first - 50.0).abs() < 1e-12, "{first}");
}

#[test]
fn faults_are_told_by_sheet_row_and_column() {
    fn check(bytes: &[u8], expected: &str) {
        let found = read(bytes).unwrap_err().to_string();
        assert!(found.contains(expected), "{found}");
    }
    check(
        &changed("F18", "many"),
        "sheet Database, row 18, column F: \"many\"; expected a finite number, n/a or nothing",
    );
    check(&changed("F8", "2"), "sheet Database, row 8, column F: 2; expected 1 or -1");
    check(&changed("G10", "0"), "sheet Database, row 9, column G: goalposts from 0 to 0");
    check(&changed("G10", ""), "sheet Database, row 10, column G: nothing; expected both goalposts or neither");
    check(&changed("E7", "-1"), "sheet Database, row 7, column E: the weight -1");
    check(&changed("E16", ""), "sheet Database, row 16, column E: an empty code");
    check(&changed("F16", "ind.01"), "the code ind.01 comes twice");
    check(&changed("C18", ""), "sheet Database, row 18, column C: an empty code");
    check(&changed("C18", "A"), "the area A has two rows");
    let mut cells = framework();
    cells[7].1 = "heavy".to_owned();
    check(&workbook([("Database", database()), ("Framework", cells)]), "sheet Framework, row 6, column E: \"heavy\"");
    check(
        &workbook([("Database", database()), ("Other", framework())]),
        "workbook: sheets Database, Other; expected a sheet Framework",
    );
    check(&workbook([("Database", Vec::new()), ("Framework", framework())]), "sheet Database: no data");
    let far = [database(), vec![("XFD1048576", "1".to_owned())]].concat();
    check(
        &workbook([("Database", far), ("Framework", framework())]),
        "sheet Database: a cell in row 1048576, column XFD",
    );
    check(b"", "workbook: ");
    check(b"not a workbook", "workbook: ");
}

#[test]
fn a_group_with_two_parents_is_told() {
    let mut cells = database();
    for (address, text) in &mut cells {
        match *address {
            "F13" => "p.02".clone_into(text),
            "G12" => "si.02".clone_into(text),
            "G13" => "p.01".clone_into(text),
            _ => {}
        }
    }
    let found = read(&workbook([("Database", cells), ("Framework", framework())])).unwrap_err().to_string();
    let expected = "sheet Database, row 13, column G: p.01 under si.02, elsewhere under si.01; expected one parent";
    assert!(found.contains(expected), "{found}");
}

#[test]
fn damaged_workbooks_are_faults() {
    let whole = workbook([("Database", database()), ("Framework", framework())]);
    for at in (0..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        // Read or refused, never a panic.
        _ = read(&damaged);
        _ = read(&whole[..at]);
    }
}
