//! A small graph of statements and its two spellings, Turtle and JSON-LD. Terms are written with
//! the prefixes of the graph; whatever else is an address stands in full.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// What a statement is about or says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// An address, absolute or relative to the document.
    Iri(String),
    /// A term with a prefix.
    Term(&'static str),
    /// Text, in a language or in none.
    Text(String, Option<&'static str>),
    /// A value with a type, which is a term.
    Typed(String, &'static str),
}

impl Node {
    /// An address.
    #[must_use]
    pub fn iri(address: impl Into<String>) -> Self {
        Self::Iri(address.into())
    }

    /// A term with a prefix.
    #[must_use]
    pub const fn term(term: &'static str) -> Self {
        Self::Term(term)
    }

    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>, language: Option<&'static str>) -> Self {
        Self::Text(text.into(), language)
    }

    /// A value with a type.
    #[must_use]
    pub fn typed(value: impl Into<String>, of: &'static str) -> Self {
        Self::Typed(value.into(), of)
    }
}

/// Statements by subject and predicate, each once.
#[derive(Debug)]
pub struct Graph {
    prefixes: &'static [(&'static str, &'static str)],
    statements: BTreeMap<String, BTreeMap<&'static str, BTreeSet<Node>>>,
}

impl Graph {
    /// A graph without statements.
    #[must_use]
    pub const fn new(prefixes: &'static [(&'static str, &'static str)]) -> Self {
        Self { prefixes, statements: BTreeMap::new() }
    }

    /// States something about an address; anything else is no subject and is passed over.
    pub fn add(&mut self, subject: &Node, predicate: &'static str, object: Node) {
        if let Node::Iri(subject) = subject {
            self.statements.entry(subject.clone()).or_default().entry(predicate).or_default().insert(object);
        }
    }

    /// The graph in Turtle.
    #[must_use]
    pub fn turtle(&self) -> String {
        let mut out = String::new();
        for (prefix, namespace) in self.prefixes {
            _ = writeln!(out, "@prefix {prefix}: <{namespace}> .");
        }
        for (subject, statements) in &self.statements {
            _ = write!(out, "\n<{}>", escaped_iri(subject));
            for (number, (predicate, objects)) in statements.iter().enumerate() {
                let objects: Vec<String> = objects.iter().map(in_turtle).collect();
                let end = if number == 0 { "" } else { " ;" };
                _ = write!(out, "{end}\n    {predicate} {}", objects.join(", "));
            }
            out.push_str(" .\n");
        }
        out
    }

    /// The graph in JSON-LD.
    #[must_use]
    pub fn json_ld(&self) -> Value {
        let context: Map<String, Value> =
            self.prefixes.iter().map(|(prefix, namespace)| ((*prefix).to_owned(), json!(namespace))).collect();
        let subjects = self.statements.iter().map(|(subject, statements)| {
            let mut written = Map::from_iter([("@id".to_owned(), json!(subject))]);
            for (predicate, objects) in statements {
                if *predicate == "rdf:type" {
                    let classes: Vec<&str> = objects
                        .iter()
                        .filter_map(|object| if let Node::Term(term) = object { Some(*term) } else { None })
                        .collect();
                    written.insert("@type".to_owned(), json!(classes));
                } else {
                    written.insert((*predicate).to_owned(), objects.iter().map(in_json_ld).collect());
                }
            }
            Value::Object(written)
        });
        json!({ "@context": context, "@graph": subjects.collect::<Vec<_>>() })
    }
}

fn in_turtle(node: &Node) -> String {
    match node {
        Node::Iri(address) => format!("<{}>", escaped_iri(address)),
        Node::Term(term) => (*term).to_owned(),
        Node::Text(text, Some(language)) => format!("\"{}\"@{language}", escaped_text(text)),
        Node::Text(text, None) => format!("\"{}\"", escaped_text(text)),
        Node::Typed(value, of) => format!("\"{}\"^^{of}", escaped_text(value)),
    }
}

fn in_json_ld(node: &Node) -> Value {
    match node {
        Node::Iri(address) => json!({ "@id": address }),
        Node::Term(term) => json!({ "@id": term }),
        Node::Text(text, Some(language)) => json!({ "@value": text, "@language": language }),
        Node::Text(text, None) => json!({ "@value": text }),
        Node::Typed(value, of) => json!({ "@value": value, "@type": of }),
    }
}

/// Characters that may not stand between angle brackets are written as their numbers.
fn escaped_iri(address: &str) -> String {
    address
        .chars()
        .map(|character| match character {
            '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' => {
                format!("\\u{:04X}", u32::from(character))
            }
            other => other.to_string(),
        })
        .collect()
}

fn escaped_text(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static PREFIXES: [(&str, &str); 1] = [("dct", "http://purl.org/dc/terms/")];

    #[test]
    fn both_spellings_say_the_same_and_escape_what_they_must() {
        let mut graph = Graph::new(&PREFIXES);
        let subject = Node::iri("/a<b> c");
        graph.add(&subject, "dct:title", Node::text("\"Сандық\"\n", Some("kk")));
        graph.add(&subject, "dct:title", Node::text("\"Сандық\"\n", Some("kk")));
        graph.add(&subject, "dct:date", Node::typed("2024-01-01", "xsd:date"));
        assert_eq!(
            graph.turtle(),
            "@prefix dct: <http://purl.org/dc/terms/> .\n\n</a\\u003Cb\\u003E\\u0020c>\n    \
             dct:date \"2024-01-01\"^^xsd:date ;\n    dct:title \"\\\"Сандық\\\"\\n\"@kk .\n"
        );
        assert_eq!(
            graph.json_ld()["@graph"],
            json!([{
                "@id": "/a<b> c",
                "dct:date": [{ "@value": "2024-01-01", "@type": "xsd:date" }],
                "dct:title": [{ "@value": "\"Сандық\"\n", "@language": "kk" }],
            }])
        );
    }
}
