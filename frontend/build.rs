//! Turns the locale files into constants, one a message, so that a key that does not exist does not
//! compile and a key nobody uses is a warning. A key that is missing in a language, that is written
//! twice, or whose variables differ between languages fails the build with its place.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders in variables")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// Variables by message.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("locales");
    let mut by_language = Vec::new();
    let mut sources = String::new();
    for language in LANGUAGES {
        let mut messages = Messages::new();
        let mut texts = String::new();
        for path in files(&root.join(language))? {
            let text = fs::read_to_string(&path)?;
            read(&text, &path, &mut messages)?;
            texts.push_str(&text);
            texts.push('\n');
        }
        writeln!(sources, "pub(crate) const {}: &str = {texts:?};", language.to_uppercase())?;
        by_language.push((language, messages));
    }
    let faults = differences(&by_language);
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let (_, messages) = &by_language[0];
    for key in messages.keys() {
        let name = key.replace('-', "_").to_uppercase();
        writeln!(sources, "pub(crate) const {name}: Message = Message({key:?});")?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("messages.rs"), sources)?;
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ftl") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(text: &str, path: &Path, messages: &mut Messages) -> Result<(), Box<dyn Error>> {
    let resource = parser::parse(text).map_err(|(_, errors)| format!("{}: {errors:?}", path.display()))?;
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let mut variables = BTreeSet::new();
        if let Some(pattern) = &message.value {
            walk_pattern(pattern, &mut variables);
        }
        if messages.insert(message.id.name.to_owned(), variables).is_some() {
            return Err(format!("{}: {} is written twice", path.display(), message.id.name).into());
        }
    }
    Ok(())
}

fn walk_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            walk_expression(expression, variables);
        }
    }
}

fn walk_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => walk_inline(inline, variables),
        Expression::Select { selector, variants } => {
            walk_inline(selector, variables);
            for variant in variants {
                walk_pattern(&variant.value, variables);
            }
        }
    }
}

fn walk_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments: CallArguments { positional, named }, .. } => {
            for argument in positional.iter().chain(named.iter().map(|argument| &argument.value)) {
                walk_inline(argument, variables);
            }
        }
        InlineExpression::Placeable { expression } => walk_expression(expression, variables),
        _ => {}
    }
}

fn differences(by_language: &[(&str, Messages)]) -> Vec<String> {
    let all: BTreeSet<&String> = by_language.iter().flat_map(|(_, messages)| messages.keys()).collect();
    let mut faults = Vec::new();
    for key in all {
        let mut expected: Option<(&str, &BTreeSet<String>)> = None;
        for (language, messages) in by_language {
            match (messages.get(key), expected) {
                (None, _) => faults.push(format!("locales/{language}: {key} is missing")),
                (Some(found), None) => expected = Some((language, found)),
                (Some(found), Some((first, variables))) if found != variables => {
                    faults.push(format!("{key}: {first} uses {variables:?}, {language} uses {found:?}"));
                }
                _ => {}
            }
        }
    }
    faults
}
