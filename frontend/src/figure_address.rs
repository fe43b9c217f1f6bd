//! A figure of a page by itself: the address of its embedded form, its drawing, its picture and its
//! sharing card, its table.

use crate::route::{Address, Page};

/// The form of a figure that stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A light page to be put into another site.
    Embedded,
    /// A drawing as a file.
    Drawing,
    /// The drawing as pixels.
    Picture,
    /// A picture for previews of links.
    Card,
    /// Its table as a file.
    Table,
}

impl Form {
    /// What stands behind the name of the figure.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Embedded => "",
            Self::Drawing => ".svg",
            Self::Picture => ".png",
            Self::Card => ".card.png",
            Self::Table => ".csv",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Embedded => "embed",
            Self::Drawing | Self::Picture | Self::Card | Self::Table => "figures",
        }
    }
}

/// The page, the name of the figure on it, and the form, read from a path below the language.
#[must_use]
pub fn from_path(path: &str) -> Option<(Page, String, Form)> {
    let (folder, rest) = path.split_once('/')?;
    let (page, file) = rest.rsplit_once('/').unwrap_or(("", rest));
    let forms = match folder {
        "embed" => [Form::Embedded].as_slice(),
        // The longest suffix first: a card ends like a picture.
        "figures" => [Form::Card, Form::Drawing, Form::Picture, Form::Table].as_slice(),
        _ => return None,
    };
    let (name, form) = forms.iter().find_map(|form| Some((file.strip_suffix(form.suffix())?, *form)))?;
    let is_name = !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    is_name.then_some(())?;
    Some((Page::from_path(page)?, name.to_owned(), form))
}

/// The address of a figure of a page in a form.
#[must_use]
pub fn href(address: &Address, name: &str, form: Form) -> String {
    let page = address.page.path(address.language);
    let language = address.language;
    let rest = page.strip_prefix(&format!("/{language}/")).unwrap_or_default();
    let slash = if rest.is_empty() { "" } else { "/" };
    format!("/{language}/{}/{rest}{slash}{name}{}{}", form.folder(), form.suffix(), address.selection.query())
}

#[cfg(test)]
mod tests {
    use indicators::text::Language;

    use super::*;
    use crate::selection::Selection;

    #[test]
    fn addresses_of_figures_are_read_and_written() {
        for path in [
            "embed/map",
            "figures/map.svg",
            "figures/regions/KZ-61/strip.csv",
            "figures/regions/KZ-61/criteria.card.png",
            "embed/countries/egdi",
        ] {
            let (page, name, form) = from_path(path).unwrap_or_else(|| (Page::About, String::new(), Form::Card));
            let selection = Selection { year: Some(2023), ..Selection::default() };
            let address = Address { page, language: Language::Ru, selection };
            assert_eq!(href(&address, &name, form), format!("/ru/{path}?year=2023"));
        }
        for path in ["embed/", "embed", "figures/map", "figures/nowhere/map.svg", "figures/A.svg", "figures/.svg"] {
            assert_eq!(from_path(path), None, "{path}");
        }
    }
}
