//! The catalogue of what is published, as a graph in the words of DCAT-AP 3: every dataflow and the
//! scores of each panel are datasets, each format is a distribution, the interfaces are services.

use indicators::text::{Language, LocalText};
use indicators::wire::{ReleaseRef, SourceEntry};

use crate::formats::{self, Format};
use crate::view::View;

pub mod graph;

use graph::{Graph, Node};

/// The terms used, by prefix.
pub const PREFIXES: [(&str, &str); 7] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

const CATALOGUE: &str = "/api/v1/catalogue";
const THEME: &str = "http://publications.europa.eu/resource/authority/data-theme/EDUC";
const PUBLIC: &str = "http://publications.europa.eu/resource/authority/access-right/PUBLIC";

/// The whole catalogue. Addresses begin with that of the service; where it has none they are relative to where the
/// catalogue is read.
#[must_use]
pub fn catalogue(view: &View, public_url: &str) -> Graph {
    let mut writing = Writing { graph: Graph::new(&PREFIXES), view, public_url };
    writing.all();
    writing.graph
}

struct Writing<'a> {
    graph: Graph,
    view: &'a View,
    public_url: &'a str,
}

impl Writing<'_> {
    fn all(&mut self) {
        let catalogue = self.own(CATALOGUE);
        let publisher = self.own(&format!("{CATALOGUE}#publisher"));
        self.typed(&publisher, "foaf:Agent");
        self.graph.add(&publisher, "foaf:name", Node::text("Sandyq", Some("en")));
        self.typed(&catalogue, "dcat:Catalog");
        let name = self.view.framework.name.clone();
        self.texts(&catalogue, "dct:title", &name);
        self.graph.add(
            &catalogue,
            "dct:description",
            Node::text(
                "Indicators of the digitalisation of education, the observations behind them and their sources.",
                Some("en"),
            ),
        );
        self.graph.add(&catalogue, "dct:publisher", publisher.clone());
        let homepage = self.document(self.own("/"));
        self.graph.add(&catalogue, "foaf:homepage", homepage);
        for language in ["KAZ", "RUS", "ENG"] {
            let language = Node::iri(format!("http://publications.europa.eu/resource/authority/language/{language}"));
            self.typed(&language, "dct:LinguisticSystem");
            self.graph.add(&catalogue, "dct:language", language);
        }
        if let Some(moment) = self.view.modified_at {
            self.graph.add(&catalogue, "dct:modified", Node::typed(moment.to_string(), "xsd:dateTime"));
        }
        let sources = self.view.sources.clone();
        for source in &sources {
            let dataset = self.dataflow(source, &publisher);
            self.graph.add(&catalogue, "dcat:dataset", dataset);
        }
        for panel in self.view.framework.panels.clone() {
            let Some(release) = self.view.release(panel.panel, None).map(|release| release.reference().clone()) else {
                continue;
            };
            let dataset = self.scores(&release, &panel.name, &publisher);
            self.graph.add(&catalogue, "dcat:dataset", dataset);
        }
        for (id, title, endpoint, description) in [
            ("api", "JSON API", "/api/v1", "/api/v1/openapi.json"),
            ("sdmx21", "SDMX 2.1", "/sdmx/2.1", "/sdmx/2.1/dataflow"),
            ("sdmx30", "SDMX 3.0", "/sdmx/3.0", "/sdmx/3.0/structure/dataflow"),
        ] {
            let service = self.own(&format!("{CATALOGUE}#{id}"));
            self.typed(&service, "dcat:DataService");
            self.graph.add(&service, "dct:title", Node::text(title, Some("en")));
            let endpoint = self.resource(endpoint);
            self.graph.add(&service, "dcat:endpointURL", endpoint);
            let description = self.resource(description);
            self.graph.add(&service, "dcat:endpointDescription", description);
            self.graph.add(&catalogue, "dcat:service", service);
        }
    }

    fn dataflow(&mut self, source: &SourceEntry, publisher: &Node) -> Node {
        let id = source.dataflow.as_str();
        let dataset = self.own(&format!("{CATALOGUE}#{id}"));
        self.dataset(&dataset, id, &source.name, publisher);
        self.texts(&dataset, "dct:description", &source.attribution);
        let creator = self.own(&format!("{CATALOGUE}#creator-{id}"));
        self.typed(&creator, "foaf:Agent");
        self.texts(&creator, "foaf:name", &source.provider);
        self.graph.add(&dataset, "dct:creator", creator);
        let page = self.document(Node::iri(&*source.landing_url));
        self.graph.add(&dataset, "dcat:landingPage", page);
        if let Some(day) = source.as_of {
            self.graph.add(&dataset, "dct:modified", Node::typed(day.to_string(), "xsd:date"));
        }
        if let (Some(first), Some(last)) = (source.first_period, source.last_period) {
            self.period(&dataset, id, first.year(), last.year());
        }
        let licence = self.licence(id, &source.licence);
        let question = format!("dataflow={id}");
        self.distributions(&dataset, id, "observations", &question, formats::DATAFLOW, &licence);
        dataset
    }

    fn scores(&mut self, release: &ReleaseRef, panel: &LocalText, publisher: &Node) -> Node {
        let id = format!("INDEX_{}", release.panel.code().to_uppercase());
        let dataset = self.own(&format!("{CATALOGUE}#{id}"));
        let name = self.view.framework.name.clone();
        let both = |index: &str, panel: &str| format!("{index}: {panel}");
        let title =
            LocalText { kk: both(&name.kk, &panel.kk), ru: both(&name.ru, &panel.ru), en: both(&name.en, &panel.en) };
        self.dataset(&dataset, &id, &title, publisher);
        let description = format!(
            "Release {} of the framework {}: scores from 0 to 100 with ranks and coverage.",
            release.id, release.framework
        );
        self.graph.add(&dataset, "dct:description", Node::text(description, Some("en")));
        self.graph.add(&dataset, "dcat:version", Node::text(release.id.clone(), None));
        let years: Vec<i16> = self.view.years(release.panel).collect();
        if let (Some(first), Some(last)) = (years.first(), years.last()) {
            self.period(&dataset, &id, *first, *last);
        }
        let licence = self.licence(&id, "Computed from the dataflows named in each answer; their terms apply");
        let question = format!("panel={}", release.panel.code());
        self.distributions(&dataset, &id, "index", &question, formats::DATAFLOW, &licence);
        dataset
    }

    fn dataset(&mut self, dataset: &Node, id: &str, name: &LocalText, publisher: &Node) {
        self.typed(dataset, "dcat:Dataset");
        self.texts(dataset, "dct:title", name);
        self.graph.add(dataset, "dct:identifier", Node::text(id, None));
        self.graph.add(dataset, "dct:publisher", publisher.clone());
        let theme = Node::iri(THEME);
        self.typed(&theme, "skos:Concept");
        self.graph.add(&theme, "skos:prefLabel", Node::text("Education, culture and sport", Some("en")));
        self.graph.add(dataset, "dcat:theme", theme);
        let rights = Node::iri(PUBLIC);
        self.typed(&rights, "dct:RightsStatement");
        self.graph.add(dataset, "dct:accessRights", rights);
        let place = Node::iri(format!(
            "http://publications.europa.eu/resource/authority/country/{}",
            self.view.framework.country
        ));
        self.typed(&place, "dct:Location");
        self.graph.add(dataset, "dct:spatial", place);
    }

    fn distributions(
        &mut self,
        dataset: &Node,
        id: &str,
        resource: &str,
        question: &str,
        formats: &[&Format],
        licence: &Node,
    ) {
        let described: Vec<_> = formats.iter().filter(|format| format.media_type != "application/csvm+json").collect();
        for format in described {
            let suffix = format.suffix.map(|suffix| format!(".{suffix}")).unwrap_or_default();
            let address = format!("/api/v1/{resource}{suffix}?{question}");
            let name = format.suffix.unwrap_or("json").replace('.', "-");
            let distribution = self.own(&format!("{CATALOGUE}#{id}-{name}"));
            self.typed(&distribution, "dcat:Distribution");
            self.graph.add(&distribution, "dct:title", Node::text(format.name, Some("en")));
            let address = self.resource(&address);
            self.graph.add(&distribution, "dcat:accessURL", address.clone());
            self.graph.add(&distribution, "dcat:downloadURL", address);
            let media = Node::iri(format!("https://www.iana.org/assignments/media-types/{}", format.media_type));
            self.typed(&media, "dct:MediaType");
            self.graph.add(&distribution, "dcat:mediaType", media);
            self.graph.add(&distribution, "dct:license", licence.clone());
            self.graph.add(dataset, "dcat:distribution", distribution);
        }
    }

    fn licence(&mut self, id: &str, text: &str) -> Node {
        let licence = self.own(&format!("{CATALOGUE}#licence-{id}"));
        self.typed(&licence, "dct:LicenseDocument");
        self.graph.add(&licence, "dct:title", Node::text(text, Some("en")));
        licence
    }

    fn period(&mut self, dataset: &Node, id: &str, first: i16, last: i16) {
        let period = self.own(&format!("{CATALOGUE}#period-{id}"));
        self.typed(&period, "dct:PeriodOfTime");
        self.graph.add(&period, "dcat:startDate", Node::typed(format!("{first:04}-01-01"), "xsd:date"));
        self.graph.add(&period, "dcat:endDate", Node::typed(format!("{last:04}-12-31"), "xsd:date"));
        self.graph.add(dataset, "dct:temporal", period);
    }

    /// An address of this service.
    fn own(&self, address: &str) -> Node {
        Node::iri(format!("{}{address}", self.public_url))
    }

    /// An address of this service that validators want to be told is a resource.
    fn resource(&mut self, address: &str) -> Node {
        let node = self.own(address);
        self.typed(&node, "rdfs:Resource");
        node
    }

    fn document(&mut self, node: Node) -> Node {
        self.typed(&node, "foaf:Document");
        node
    }

    fn typed(&mut self, node: &Node, class: &'static str) {
        self.graph.add(node, "rdf:type", Node::term(class));
    }

    fn texts(&mut self, subject: &Node, predicate: &'static str, text: &LocalText) {
        for language in Language::ALL {
            self.graph.add(subject, predicate, Node::text(text.get(language), Some(language.tag())));
        }
    }
}
