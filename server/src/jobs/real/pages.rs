//! Answers that come in pages: asked for one after the other until there is none, and kept together as they came.

use indicators::wire::RunOutcome;

use super::question::Question;
use super::{Upstream, failed, is_not_out, refused};
use crate::jobs::reason;
use crate::jobs::steps::{Answer, FetchOrder, Received, Refusal};
use crate::sources::client::{FetchOutcome, Fetched, Validators};
use crate::sources::{self, DataflowDefinition, SourceQuery, SourceRequest, giga_schools};

impl Upstream {
    /// The pages of a dataflow as one payload. A page that is none is handed on by itself, for the parser to say why.
    pub(super) async fn fetch_pages(
        &self,
        definition: &DataflowDefinition,
        order: &FetchOrder,
    ) -> Result<Vec<Answer>, Refusal> {
        let requests = sources::requests(definition, &SourceQuery { today: order.today })
            .map_err(|error| failed(refused(&error)))?;
        let Some(first) = requests.first() else { return Ok(Vec::new()) };
        let (mut pages, mut left): (Vec<Vec<u8>>, usize) = (Vec::new(), definition.max_bytes);
        let mut received: Option<Received> = None;
        for number in 1..=giga_schools::MOST_PAGES {
            let request = giga_schools::page(first, number);
            let Some((page, head)) = self.page(definition, &request, left, number > 1).await? else { break };
            let head = received.get_or_insert(Received { origin: first.url.to_string(), ..head }).clone();
            let Some(schools) = giga_schools::schools_on(&page) else {
                return Ok(vec![Answer::Payload(Box::new(Received { bytes: page, ..head }))]);
            };
            if schools > 0 && pages.last() == Some(&page) {
                return Err(endless(&request, left, format!("page {number} is page {} again", number - 1)));
            }
            left = left.saturating_sub(page.len());
            // An empty first page is told by the parser.
            if schools > 0 || pages.is_empty() {
                pages.push(page);
            }
            if schools < giga_schools::PAGE_SCHOOLS {
                break;
            }
            if number == giga_schools::MOST_PAGES {
                return Err(endless(&request, left, format!("more than {number} pages")));
            }
        }
        let payload = received.map(|head| {
            Answer::Payload(Box::new(Received { bytes: giga_schools::joined(order.today, &pages), ..head }))
        });
        Ok(payload.into_iter().collect())
    }

    /// One page; `None` behind the last.
    async fn page(
        &self,
        definition: &DataflowDefinition,
        request: &SourceRequest,
        max_bytes: usize,
        may_be_missing: bool,
    ) -> Result<Option<(Vec<u8>, Received)>, Refusal> {
        // Pages are asked for as if nothing were held: one that did not change says nothing of the next.
        let question = Question::new(definition, request, None);
        match self.client.fetch(question.to_fetch(max_bytes)).await {
            Ok(FetchOutcome::Fetched(Fetched { bytes, final_url, content_type, .. })) => {
                let head = question.received(&final_url, Validators::default());
                Ok(Some((bytes, Received { content_type, ..head })))
            }
            Ok(FetchOutcome::NotModified { .. }) => Ok(None),
            Err(error) if may_be_missing && is_not_out(&error.fault) => Ok(None),
            Err(error) => question.unanswered(&error).map(|_| None),
        }
    }
}

/// A provider that does not end is quarantined: it answered, and the answer is no use.
fn endless(request: &SourceRequest, left: usize, found: String) -> Refusal {
    let mut told = reason("endless_pages", format!("{} does not end: {found}; {left} bytes were left", request.url));
    (told.expected, told.found) = (Some("a last page".to_owned()), Some(found));
    Refusal { outcome: RunOutcome::Quarantined, bytes: 0, not_before: None, reasons: vec![told] }
}
