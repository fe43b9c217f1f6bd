//! The style of a drawing that leaves the page: a file for download, a sharing card. Programs that
//! read such files know no custom properties, no themes and no containers, so the light theme is
//! written into the rules and everything else is left out.

use std::collections::BTreeMap;

/// The style sheet of the charts, as pages use it.
pub const SHEET: &str = include_str!("../../style/charts.css");

/// The rules for [`Drawing::to_svg_file`](crate::charts::drawing::Drawing::to_svg_file), on white
/// ground.
#[must_use]
pub fn style() -> String {
    light(SHEET)
}

fn light(sheet: &str) -> String {
    let sheet = without_comments(sheet);
    let rules = rules(&sheet);
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, body) in rules.iter().filter(|(selector, _)| *selector == ":root") {
        let declarations = body.split(';').filter_map(|declaration| declaration.split_once(':'));
        values.extend(declarations.map(|(name, value)| (name.trim(), value.trim())));
    }
    let mut out = String::new();
    for (selector, body) in rules {
        let drawn = selector.contains(".chart") || selector.starts_with(".hatch");
        if drawn && !selector.starts_with('@') && !selector.contains(":hover") && !selector.contains(":focus") {
            out.push_str(selector);
            out.push('{');
            out.push_str(&resolved(body.trim(), &values, 0));
            out.push_str("}\n");
        }
    }
    out
}

fn without_comments(sheet: &str) -> String {
    let mut out = String::new();
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

/// Selectors and bodies of the outermost blocks.
fn rules(sheet: &str) -> Vec<(&str, &str)> {
    let mut rules = Vec::new();
    let mut rest = sheet;
    while let Some((selector, after)) = rest.split_once('{') {
        let mut depth = 1;
        let end = after.find(|character| {
            depth += match character {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some(end) = end else { break };
        rules.push((selector.trim(), &after[..end]));
        rest = &after[end + 1..];
    }
    rules
}

/// Replaces every `var(--name, fallback)`. Values may name other values; the depth stops a circle.
fn resolved(text: &str, values: &BTreeMap<&str, &str>, depth: u8) -> String {
    const DEEPEST: u8 = 8;
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("var(") {
        out.push_str(before);
        let mut open = 1;
        let end = after.find(|character| {
            open += match character {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            open == 0
        });
        let (inside, behind) = match end {
            Some(end) => (&after[..end], &after[end + 1..]),
            None => (after, ""),
        };
        let (name, fallback) = inside.split_once(',').unwrap_or((inside, ""));
        let value = values.get(name.trim()).copied().unwrap_or(fallback.trim());
        if depth < DEEPEST {
            out.push_str(&resolved(value, values, depth + 1));
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_into_the_rules() {
        let sheet = ":root { --ink: var(--page-ink, #123); --q0: #eee; }\n/* no { */\n\
                     @media (prefers-color-scheme: dark) { :root { --q0: #111; } }\n\
                     .chart text { fill: var(--ink); }\n.chart .q0 { fill: var(--q0) }\n\
                     .chart a:hover { fill: red; }\n.heat td { color: red; }";
        assert_eq!(light(sheet), ".chart text{fill: #123;}\n.chart .q0{fill: #eee}\n");
    }

    #[test]
    fn a_circle_of_values_ends() {
        assert_eq!(light(":root { --a: var(--b); --b: var(--a); } .chart { fill: var(--a) }"), ".chart{fill: }\n");
    }

    #[test]
    fn every_value_of_the_sheet_is_known() {
        let style = style();
        assert!(style.contains(".chart .bar{fill: #"), "{style}");
        assert!(!style.contains("var(") && !style.contains('@') && !style.contains(": ;"), "{style}");
    }

    #[test]
    fn braces_are_balanced() {
        let count = |brace: char| SHEET.chars().filter(|character| *character == brace).count();
        assert_eq!(count('{'), count('}'));
    }
}
