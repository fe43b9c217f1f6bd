//! A workbook a person can read: the data, what the columns and codes mean, and whom to cite. Text
//! stays text when a cell is edited: no formula can come of it.

use indicators::text::{Language, LocalText};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError};

use super::csv::begins_like_a_formula;
use super::table::Role;
use super::{Field, Format, FormatError, Head, Table, Writing, names};

/// A workbook.
pub(crate) static XLSX: Format = Format {
    name: "XLSX",
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    also: &[],
    version: None,
    content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    suffix: Some("xlsx"),
    about: "A workbook: the data, what columns and codes mean, and whom to cite.",
    writing: Writing::Whole(write),
};

/// Rows of a sheet, less the header.
const MOST_ROWS: usize = 1_048_575;
/// Characters a cell holds.
const LONGEST_TEXT: usize = 32_767;

/// The languages codes are named in, each by its own name.
const NAMED_IN: [&str; 3] = ["Қазақша", "Русский", "English"];

/// The words of the workbook in one language.
struct Words {
    data: &'static str,
    columns: &'static str,
    codes: &'static str,
    about: &'static str,
    column: &'static str,
    meaning: &'static str,
    code: &'static str,
    name: &'static str,
    address: &'static str,
    release: &'static str,
    reference_year: &'static str,
    as_of: &'static str,
    source: &'static str,
    licence: &'static str,
    page: &'static str,
    missing: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::Kk => Words {
            data: "Деректер",
            columns: "Бағандар",
            codes: "Кодтар",
            about: "Дереккөз",
            column: "Баған",
            meaning: "Мағынасы (ағылшынша)",
            code: "Код",
            name: "Атауы",
            address: "Мекенжай",
            release: "Шығарылым",
            reference_year: "Есепті жыл",
            as_of: "Деректер күні",
            source: "Дереккөз",
            licence: "Лицензия",
            page: "Бет",
            missing: "Бос ұяшық — мән жоқ; ол нөл емес.",
        },
        Language::Ru => Words {
            data: "Данные",
            columns: "Столбцы",
            codes: "Коды",
            about: "Источник",
            column: "Столбец",
            meaning: "Смысл (по-английски)",
            code: "Код",
            name: "Название",
            address: "Адрес",
            release: "Выпуск",
            reference_year: "Отчётный год",
            as_of: "Дата данных",
            source: "Источник",
            licence: "Лицензия",
            page: "Страница",
            missing: "Пустая ячейка — значения нет; это не ноль.",
        },
        Language::En => Words {
            data: "Data",
            columns: "Columns",
            codes: "Codes",
            about: "About",
            column: "Column",
            meaning: "Meaning",
            code: "Code",
            name: "Name",
            address: "Address",
            release: "Release",
            reference_year: "Reference year",
            as_of: "Data as of",
            source: "Source",
            licence: "Licence",
            page: "Page",
            missing: "An empty cell is a missing value; it is not zero.",
        },
    }
}

/// The looks of cells.
struct Looks {
    heading: CellFormat,
    plain: CellFormat,
    quoted: CellFormat,
    dimension: CellFormat,
}

impl Looks {
    fn new() -> Self {
        Self {
            heading: CellFormat::new().set_bold().set_text_wrap(),
            plain: CellFormat::new(),
            quoted: CellFormat::new().set_quote_prefix(),
            dimension: CellFormat::new().set_bold(),
        }
    }

    /// Writes text; what begins like a formula is marked as text for good.
    fn text(&self, sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        let cut: String = text.chars().take(LONGEST_TEXT).collect();
        let look = if begins_like_a_formula(text) { &self.quoted } else { &self.plain };
        sheet.write_string_with_format(row, column, cut, look)?;
        Ok(())
    }
}

fn write(table: Table) -> Result<Vec<u8>, FormatError> {
    if table.length > MOST_ROWS {
        return Err(FormatError::TooLarge { format: XLSX.name, what: "rows", found: table.length, most: MOST_ROWS });
    }
    let (words, looks) = (words(table.head.language), Looks::new());
    let mut workbook = Workbook::new();
    // The moment of writing is not said, so that the same table is the same file.
    let properties = DocProperties::new()
        .set_title(&table.head.title)
        .set_subject(description(&table.head))
        .set_creation_datetime(&ExcelDateTime::from_ymd(2020, 1, 1)?);
    workbook.set_properties(&properties);
    let head = table.head.clone();
    data(workbook.add_worksheet().set_name(words.data)?, &looks, table)?;
    about(workbook.add_worksheet().set_name(words.about)?, &looks, &words, &head)?;
    columns(workbook.add_worksheet().set_name(words.columns)?, &looks, &words, &head)?;
    if !head.codes.is_empty() {
        codes(workbook.add_worksheet().set_name(words.codes)?, &looks, &words, &head)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// What the address says of itself, which it says in English only.
fn description(head: &Head) -> &str {
    match head.language {
        Language::En => &head.description,
        Language::Kk | Language::Ru => "",
    }
}

fn data(sheet: &mut Worksheet, looks: &Looks, table: Table) -> Result<(), XlsxError> {
    let Table { head, length, rows } = table;
    for (place, column) in (0_u16..).zip(&head.columns) {
        sheet.write_string_with_format(0, place, column.name, &looks.heading)?;
        let widest = match column.role {
            Role::Label => 32.0,
            _ if column.name.len() > 10 => 16.0,
            _ => 12.0,
        };
        sheet.set_column_width(place, widest)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (place, field) in (0_u16..).zip(&row) {
            match field {
                Field::Text(text) if text.is_empty() => {}
                Field::Text(text) => looks.text(sheet, line, place, text)?,
                Field::Number(Some(number)) => _ = sheet.write_number(line, place, *number)?,
                // Exact below 2^53, which no count reaches.
                #[expect(clippy::cast_precision_loss, reason = "a workbook knows one kind of number")]
                Field::Count(Some(count)) => _ = sheet.write_number(line, place, *count as f64)?,
                Field::Number(None) | Field::Count(None) => {}
                Field::Flag(flag) => _ = sheet.write_boolean(line, place, *flag)?,
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Ok(last_row), Ok(last_column)) =
        (u32::try_from(length), u16::try_from(head.columns.len().saturating_sub(1)))
    {
        sheet.autofilter(0, 0, last_row, last_column)?;
    }
    Ok(())
}

fn about(sheet: &mut Worksheet, looks: &Looks, words: &Words, head: &Head) -> Result<(), XlsxError> {
    let mut lines: Vec<(&str, String)> = vec![
        ("", head.title.clone()),
        ("", description(head).to_owned()),
        ("", words.missing.to_owned()),
        (words.address, head.address.clone()),
    ];
    if let Some(release) = &head.release {
        lines.push((words.release, format!("{} ({}, {})", release.id, release.framework, release.panel.code())));
        lines.push((words.reference_year, release.reference_year.to_string()));
        lines.extend(release.data_as_of.map(|day| (words.as_of, day.to_string())));
    }
    let text = |text: &LocalText| text.get(head.language).to_owned();
    for citation in &head.citations {
        lines.push((words.source, format!("{}: {}", citation.dataflow, text(&citation.attribution))));
        lines.push((words.licence, citation.licence.clone()));
        lines.push((words.page, citation.landing_url.clone()));
        lines.extend(citation.as_of.map(|day| (words.as_of, day.to_string())));
    }
    sheet.set_column_width(0, 18)?;
    sheet.set_column_width(1, 100)?;
    for (line, (what, said)) in (0_u32..).zip(lines) {
        sheet.write_string_with_format(line, 0, what, &looks.dimension)?;
        looks.text(sheet, line, 1, &said)?;
    }
    Ok(())
}

fn columns(sheet: &mut Worksheet, looks: &Looks, words: &Words, head: &Head) -> Result<(), XlsxError> {
    for (place, title) in (0_u16..).zip([words.column, words.name, words.meaning, "SDMX"]) {
        sheet.write_string_with_format(0, place, title, &looks.heading)?;
    }
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 36)?;
    sheet.set_column_width(2, 100)?;
    for (line, column) in (1_u32..).zip(&head.columns) {
        let look = if column.role == Role::Dimension { &looks.dimension } else { &looks.plain };
        sheet.write_string_with_format(line, 0, column.name, look)?;
        looks.text(sheet, line, 1, names::of_column(column.name, head.language))?;
        looks.text(sheet, line, 2, column.about)?;
        looks.text(sheet, line, 3, column.concept.unwrap_or_default())?;
    }
    Ok(())
}

fn codes(sheet: &mut Worksheet, looks: &Looks, words: &Words, head: &Head) -> Result<(), XlsxError> {
    let headings = [words.column, words.code].into_iter().chain(NAMED_IN);
    for (place, title) in (0_u16..).zip(headings) {
        sheet.write_string_with_format(0, place, title, &looks.heading)?;
    }
    sheet.set_column_width(0, 16)?;
    sheet.set_column_width(1, 24)?;
    sheet.set_column_range_width(2, 4, 48)?;
    let all = head.codes.iter().flat_map(|(column, list)| list.codes.iter().map(move |code| (*column, code)));
    for (line, (column, code)) in (1_u32..).zip(all) {
        looks.text(sheet, line, 0, column)?;
        looks.text(sheet, line, 1, &code.id)?;
        for (place, language) in (2_u16..).zip(Language::ALL) {
            looks.text(sheet, line, place, code.name.get(language))?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}
