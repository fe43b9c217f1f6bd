//! Languages a page declares: [`read`]. Only declarations count (`lang` of the page, `hreflang` and `lang` of its links, the
//! header); what the text is written in is not guessed.

use std::collections::BTreeSet;

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// What a page says of languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Languages {
    /// The language of the page itself, known to the list or not.
    pub(super) answered_in: Option<String>,
    /// Languages of the list that it is written in or links to; `None` when it declares none whatever.
    pub(super) offered: Option<Vec<String>>,
}

pub(super) fn read(page: &[u8], header: Option<&str>, wanted: &[String]) -> Languages {
    let mut declared = BTreeSet::new();
    let mut answered_in = None;
    // Text of scripts is no markup.
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(token) = token;
        let Token::StartTag(tag) = token else { continue };
        match tag.name.as_slice() {
            b"html" => answered_in = answered_in.or_else(|| attribute(&tag, b"lang")),
            b"a" | b"link" => {
                declared.extend(attribute(&tag, b"hreflang"));
                declared.extend(attribute(&tag, b"lang"));
            }
            _ => {}
        }
    }
    let answered_in = answered_in.or_else(|| header.and_then(primary));
    declared.extend(answered_in.clone());
    let is_silent = declared.is_empty();
    let offered = wanted.iter().filter(|language| declared.contains(*language)).cloned().collect();
    Languages { answered_in, offered: (!is_silent).then_some(offered) }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let value: &HtmlString = tag.attributes.get(name)?;
    primary(&String::from_utf8_lossy(value))
}

/// The language of a tag: `kk` of `kk-Cyrl-KZ`. Many Kazakh pages write the code of the country for the language.
fn primary(tag: &str) -> Option<String> {
    let first = tag.trim().split(['-', '_', ',']).next().unwrap_or_default().to_ascii_lowercase();
    match first.as_str() {
        "kz" | "kaz" => Some("kk".to_owned()),
        "rus" => Some("ru".to_owned()),
        "eng" => Some("en".to_owned()),
        _ => ((2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_page_declares_counts() {
        let wanted = ["kk", "ru", "en"].map(str::to_owned);
        let check = |page: &str, header: Option<&str>, answered: Option<&str>, offered: Option<&[&str]>| {
            let found = read(page.as_bytes(), header, &wanted);
            let offered = offered.map(|list| list.iter().map(|one| (*one).to_owned()).collect());
            assert_eq!((found.answered_in.as_deref(), found.offered), (answered, offered), "{page}");
        };
        check("<p>Сәлем</p>", None, None, None);
        check("<p>Сәлем</p>", Some("kk-KZ, ru"), Some("kk"), Some(&["kk"]));
        check("<!doctype html><HTML LANG='kz-KZ'>", None, Some("kk"), Some(&["kk"]));
        check("<html lang=ru><a hreflang=kk href=/kk>Қаз</a>", Some("en"), Some("ru"), Some(&["kk", "ru"]));
        check("<html lang=de><link rel=alternate hreflang=x-default>", None, Some("de"), Some(&[]));
        check("<html lang><script>'<html lang=kk>'</script>", None, None, None);
        check("<!-- <html lang=kk> -->", None, None, None);
    }
}
