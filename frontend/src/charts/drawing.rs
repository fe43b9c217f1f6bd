//! A drawing as data: a small tree of SVG elements and its text form.
//!
//! Keeping the tree as data lets tests ask whether a label leaves the picture, and lets one drawing
//! serve a page, a file for download and a sharing card. The tree knows the shapes the charts use,
//! not the whole of SVG.

use std::borrow::Cow;

use crate::charts::{Caption, Size};

/// One SVG element.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// An element without attributes or children.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new() }
    }

    /// A group.
    #[must_use]
    pub fn group(class: impl Into<Cow<'static, str>>) -> Self {
        Self::new("g").class(class)
    }

    /// A rectangle; a negative width or height becomes 0.
    #[must_use]
    pub fn rect(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self::new("rect").at("x", x).at("y", y).at("width", width.max(0.0)).at("height", height.max(0.0))
    }

    /// A straight line.
    #[must_use]
    pub fn line(from: (f64, f64), to: (f64, f64)) -> Self {
        Self::new("line").at("x1", from.0).at("y1", from.1).at("x2", to.0).at("y2", to.1)
    }

    /// A circle.
    #[must_use]
    pub fn circle(centre: (f64, f64), radius: f64) -> Self {
        Self::new("circle").at("cx", centre.0).at("cy", centre.1).at("r", radius)
    }

    /// A path from its data.
    #[must_use]
    pub fn path(data: impl Into<Cow<'static, str>>) -> Self {
        Self::new("path").set("d", data)
    }

    /// A text whose baseline starts at a point.
    #[must_use]
    pub fn text(x: f64, y: f64, text: impl Into<String>) -> Self {
        Self::new("text").at("x", x).at("y", y).content(text)
    }

    /// A link around marks.
    #[must_use]
    pub fn link(href: impl Into<String>) -> Self {
        Self::new("a").set("href", href.into())
    }

    /// Adds an attribute.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Adds a coordinate or length, rounded to a tenth.
    #[must_use]
    pub fn at(self, name: &'static str, value: f64) -> Self {
        self.set(name, tenths(value))
    }

    /// Adds the class attribute.
    #[must_use]
    pub fn class(self, class: impl Into<Cow<'static, str>>) -> Self {
        self.set("class", class)
    }

    /// Sets the text against its point: `middle` or `end`.
    #[must_use]
    pub fn anchor(self, anchor: &'static str) -> Self {
        self.set("text-anchor", anchor)
    }

    /// Adds a text node.
    #[must_use]
    pub fn content(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// Adds the name of a mark, which browsers show on hover and readers read out.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.children.insert(0, Node::Element(Self::new("title").content(title)));
        self
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// Adds children.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// The same marks leading nowhere: for files, whose links would lose the site they lead to.
    #[must_use]
    pub fn unlinked(mut self) -> Self {
        if self.name == "a" {
            self.name = "g";
            self.attributes.retain(|(name, _)| *name != "href");
        }
        let children = self.children.into_iter().map(|node| match node {
            Node::Element(element) => Node::Element(element.unlinked()),
            text @ Node::Text(_) => text,
        });
        self.children = children.collect();
        self
    }

    /// The name of the element.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_ref())
    }

    /// The text directly inside the element.
    #[must_use]
    pub fn own_text(&self) -> String {
        self.children
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }

    /// Calls `visit` with this element and all below it, parents first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for node in &self.children {
            if let Node::Element(element) = node {
                element.walk(visit);
            }
        }
    }

    /// The markup.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        self.write_around(&[], out);
    }

    /// Writes the element with its own children and `more` behind them.
    fn write_around(&self, more: &[Self], out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        if self.children.is_empty() && more.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for node in &self.children {
            match node {
                Node::Element(element) => element.write(out),
                Node::Text(text) => escape(text, out),
            }
        }
        for element in more {
            element.write(out);
        }
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }
}

/// Puts marks into a link when there is somewhere to go.
#[must_use]
pub fn linked(href: Option<&String>, marks: Element) -> Element {
    match href {
        Some(href) => Element::link(href).child(marks),
        None => marks,
    }
}

/// Puts the marks of a whole series into a link whose name begins with that of the series.
#[must_use]
pub fn linked_series(href: Option<&String>, name: &str, marks: Element) -> Element {
    match href {
        Some(href) => Element::link(href).child(marks.titled(name)),
        None => marks,
    }
}

/// A number with at most one decimal and no trailing zero.
#[must_use]
pub fn tenths(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Avoids "-0".
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    format!("{rounded}")
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

/// A finished chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// What it is called.
    pub caption: Caption,
    /// The kind of chart, used as a class: `line`, `ranking`.
    pub kind: &'static str,
    /// The width it was laid out for.
    pub size: Size,
    /// Width of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// The marks.
    pub body: Vec<Element>,
}

impl Drawing {
    /// An empty drawing of a chart.
    #[must_use]
    pub fn new(caption: &Caption, kind: &'static str, size: Size, height: f64) -> Self {
        Self { caption: caption.clone(), kind, size, width: size.width(), height, body: Vec::new() }
    }

    /// Adds marks.
    #[must_use]
    pub fn with(mut self, marks: impl IntoIterator<Item = Element>) -> Self {
        self.body.extend(marks);
        self
    }

    /// The markup to put into an HTML page.
    #[must_use]
    pub fn to_svg(&self) -> String {
        self.written(None)
    }

    /// A file of its own, with the style sheet inside it.
    #[must_use]
    pub fn to_svg_file(&self, style: &str) -> String {
        self.written(Some(style))
    }

    /// The drawing as an element, to be put into a larger one.
    #[must_use]
    pub fn element(&self) -> Element {
        self.root(None).children(self.body.iter().cloned())
    }

    fn has(&self, test: impl Fn(&Element) -> bool) -> bool {
        let mut found = false;
        for element in &self.body {
            element.walk(&mut |element| found = found || test(element));
        }
        found
    }

    fn written(&self, style: Option<&str>) -> String {
        let mut out = String::with_capacity(16 * 1024);
        self.root(style).write_around(&self.body, &mut out);
        out
    }

    fn root(&self, style: Option<&str>) -> Element {
        let id = format!("{}-{}", self.caption.id, self.size.class());
        // A picture's parts are hidden from assistive technology; a chart with links is a group.
        let role = if self.has(|element| element.name == "a") { "group" } else { "img" };
        let (width, height) = (tenths(self.width), tenths(self.height));
        let mut root = Element::new("svg");
        if style.is_some() {
            root = root.set("xmlns", "http://www.w3.org/2000/svg").at("width", self.width).at("height", self.height);
        }
        root = root
            .class(format!("chart {} {}", self.kind, self.size.class()))
            .set("viewBox", format!("0 0 {width} {height}"))
            .set("role", role)
            .set("aria-labelledby", format!("{id}-title"))
            .set("aria-describedby", format!("{id}-desc"))
            .child(Element::new("title").set("id", format!("{id}-title")).content(&self.caption.title))
            .child(Element::new("desc").set("id", format!("{id}-desc")).content(&self.caption.description));
        let hatch = hatch_fill(&self.caption, self.size);
        if self.has(|element| element.attribute("fill") == Some(hatch.as_str())) {
            root = root.child(hatch_pattern(&format!("{id}-hatch")));
        }
        if let Some(style) = style {
            let css = Element::new("style").content(style);
            root = root.child(css);
        }
        root
    }
}

/// The fill of a mark that stands for a missing value.
#[must_use]
pub fn hatch_fill(caption: &Caption, size: Size) -> String {
    format!("url(#{}-{}-hatch)", caption.id, size.class())
}

fn hatch_pattern(id: &str) -> Element {
    let tile = Element::new("pattern")
        .set("id", id.to_owned())
        .set("width", "6")
        .set("height", "6")
        .set("patternUnits", "userSpaceOnUse")
        .set("patternTransform", "rotate(45)")
        .child(Element::rect(0.0, 0.0, 6.0, 6.0).class("hatch-ground"))
        .child(Element::rect(0.0, 0.0, 1.6, 6.0).class("hatch-line"));
    Element::new("defs").child(tile)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing() -> Drawing {
        let caption =
            Caption { id: "one".to_owned(), title: "A < B".to_owned(), description: "made \"up\"".to_owned() };
        Drawing::new(&caption, "bars", Size::Compact, 20.04)
    }

    #[test]
    fn texts_are_escaped_and_numbers_short() {
        let svg = drawing().with([Element::rect(0.04, -0.02, 10.26, -3.0).titled("a & b")]).to_svg();
        assert!(svg.starts_with("<svg class=\"chart bars compact\" viewBox=\"0 0 340 20\" role=\"img\""), "{svg}");
        assert!(svg.contains("<title id=\"one-compact-title\">A &lt; B</title>"), "{svg}");
        assert!(svg.contains("<desc id=\"one-compact-desc\">made &quot;up&quot;</desc>"), "{svg}");
        let rect = "<rect x=\"0\" y=\"0\" width=\"10.3\" height=\"0\"><title>a &amp; b</title></rect></svg>";
        assert!(svg.ends_with(rect), "{svg}");
    }

    #[test]
    fn a_drawing_with_links_is_a_group() {
        let mark = Element::circle((1.0, 2.0), 3.0);
        assert!(drawing().with([mark.clone()]).to_svg().contains("role=\"img\""));
        let href = "/areas/KZ-10".to_owned();
        let svg = drawing().with([linked(Some(&href), mark)]).to_svg();
        assert!(svg.contains("role=\"group\"") && svg.contains("<a href=\"/areas/KZ-10\"><circle"), "{svg}");
    }

    #[test]
    fn the_hatch_is_there_only_when_something_is_missing() {
        let plain = drawing();
        let fill = hatch_fill(&plain.caption, plain.size);
        assert_eq!(fill, "url(#one-compact-hatch)");
        assert!(!plain.to_svg().contains("<pattern"));
        let hatched = plain.with([Element::rect(0.0, 0.0, 1.0, 1.0).set("fill", fill)]);
        assert!(hatched.to_svg().contains("<pattern id=\"one-compact-hatch\""));
    }

    #[test]
    fn a_file_carries_its_size_and_style() {
        let file = drawing().to_svg_file(".chart{fill:none}");
        assert!(file.contains("xmlns=\"http://www.w3.org/2000/svg\" width=\"340\" height=\"20\""), "{file}");
        assert!(file.contains("<style>.chart{fill:none}</style>"), "{file}");
    }
}
