//! A table with its description: [`Table`], the one thing every format is written from. Columns say
//! what they are to a statistician (dimension, measure, attribute), so that a format needs no
//! knowledge of the resource.

use std::fmt;

use indicators::text::Language;
use indicators::wire::{Citation, ReleaseRef};

use super::Format;
use crate::code_lists::CodeList;

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Text; nothing when empty.
    Text(String),
    /// A number; nothing when missing.
    Number(Option<f64>),
    /// A whole number; nothing when missing.
    Count(Option<u64>),
    /// `true` or `false`.
    Flag(bool),
}

impl Field {
    /// The value as text, empty when missing. Numbers are written so that they read back the same.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.map(|number| number.to_string()).unwrap_or_default(),
            Self::Count(count) => count.map(|count| count.to_string()).unwrap_or_default(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Field {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Field {
    fn from(number: f64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<f64>> for Field {
    fn from(number: Option<f64>) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for Field {
    fn from(count: u64) -> Self {
        Self::Count(Some(count))
    }
}

impl From<Option<u32>> for Field {
    fn from(count: Option<u32>) -> Self {
        Self::Count(count.map(u64::from))
    }
}

impl From<Option<u64>> for Field {
    fn from(count: Option<u64>) -> Self {
        Self::Count(count)
    }
}

impl From<bool> for Field {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Anything that shows itself as text; nothing when missing.
pub fn shown(thing: Option<impl ToString>) -> Field {
    Field::Text(thing.map(|thing| thing.to_string()).unwrap_or_default())
}

/// Codes in one field, separated by spaces.
pub fn joined<T: AsRef<str>>(codes: &[T]) -> Field {
    Field::Text(codes.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" "))
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Text or a code.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Count,
    /// `true` or `false`.
    Flag,
    /// A period in the SDMX form.
    Period,
    /// A day.
    Date,
    /// An instant.
    Instant,
}

/// What a column is to a statistician.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Part of the key of a row.
    Dimension,
    /// What is measured.
    Measure,
    /// What is said about the measured.
    Attribute,
    /// The name of a code in another column.
    Label,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name, as in JSON.
    pub name: &'static str,
    /// What stands in it.
    pub values: Values,
    /// What it is.
    pub role: Role,
    /// The SDMX concept, where there is one.
    pub concept: Option<&'static str>,
    /// What a reader should know.
    pub about: &'static str,
}

impl Column {
    const fn new(name: &'static str, role: Role, about: &'static str) -> Self {
        Self { name, values: Values::Text, role, concept: None, about }
    }

    /// A part of the key.
    #[must_use]
    pub const fn dimension(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Role::Dimension, about)
    }

    /// A measured number.
    #[must_use]
    pub const fn measure(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Role::Measure, about).of(Values::Number)
    }

    /// Something said about the row.
    #[must_use]
    pub const fn attribute(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Role::Attribute, about)
    }

    /// The name of a code.
    #[must_use]
    pub const fn label(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Role::Label, about)
    }

    /// The same with other values than text.
    #[must_use]
    pub const fn of(self, values: Values) -> Self {
        Self { values, ..self }
    }

    /// The same with its SDMX concept.
    #[must_use]
    pub const fn as_concept(self, concept: &'static str) -> Self {
        Self { concept: Some(concept), ..self }
    }
}

/// One row, as long as there are columns.
pub type Row = Vec<Field>;
/// Rows as they are needed.
pub type Rows = Box<dyn Iterator<Item = Row> + Send>;

/// Which SDMX dataflow the rows belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flow {
    /// None.
    None,
    /// All to one.
    One(String),
    /// Each to the one its column names.
    Column(&'static str),
}

/// Everything about a table but its rows.
#[derive(Debug, Clone)]
pub struct Head {
    /// Name for files.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// What a reader should know.
    pub description: String,
    /// Address of the resource, with its question and without a suffix.
    pub address: String,
    /// Language of names.
    pub language: Language,
    /// The columns.
    pub columns: Vec<Column>,
    /// The code list of a column, where there is one.
    pub codes: Vec<(&'static str, CodeList)>,
    /// The dataflow.
    pub flow: Flow,
    /// The release the rows are from.
    pub release: Option<ReleaseRef>,
    /// Whom to name.
    pub citations: Vec<Citation>,
    /// Whether a part of the key was left out, so that two rows may bear the same codes.
    pub is_cut: bool,
}

impl Head {
    /// The code list of a column.
    #[must_use]
    pub fn codes_of(&self, column: &str) -> Option<&CodeList> {
        self.codes.iter().find(|(name, _)| *name == column).map(|(_, codes)| codes)
    }

    /// Place of a column.
    #[must_use]
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// Names of the columns that tell every row from every other; none when a part of the key was left out.
    #[must_use]
    pub fn key(&self) -> Vec<&'static str> {
        let dimensions = self.with_role(Role::Dimension).filter(|_| !self.is_cut);
        dimensions.map(|(_, column)| column.name).collect()
    }

    /// Columns of a role with their places.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(move |(_, column)| column.role == role)
    }
}

/// A table.
pub struct Table {
    /// Its description.
    pub head: Head,
    /// How many rows there are.
    pub length: usize,
    /// The rows.
    pub rows: Rows,
}

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Table").field("head", &self.head).field("length", &self.length).finish_non_exhaustive()
    }
}

impl Table {
    /// A table whose rows are held already.
    #[must_use]
    pub fn held(head: Head, rows: Vec<Row>) -> Self {
        Self { head, length: rows.len(), rows: Box::new(rows.into_iter()) }
    }

    /// The same with some of the columns, in the order of the table. Nothing chosen is everything. Where values are
    /// found by their key in the format, the key is kept whatever is chosen: without it two values become one.
    #[must_use]
    pub fn select(mut self, chosen: &[&str], format: &Format) -> Self {
        if chosen.is_empty() {
            return self;
        }
        let is_key = |column: &Column| column.role == Role::Dimension;
        let is_kept =
            |column: &Column| chosen.contains(&column.name) || (format.is_addressed_by_key() && is_key(column));
        let columns = &self.head.columns;
        let kept: Vec<usize> = (0..columns.len()).filter(|&place| is_kept(&columns[place])).collect();
        self.head.is_cut |= columns.iter().any(|column| is_key(column) && !is_kept(column));
        self.head.columns = kept.iter().map(|&place| self.head.columns[place]).collect();
        let columns = &self.head.columns;
        self.head.codes.retain(|(name, _)| columns.iter().any(|column| column.name == *name));
        let rows = self.rows;
        self.rows = Box::new(rows.map(move |row| kept.iter().filter_map(|&place| row.get(place).cloned()).collect()));
        self
    }
}
