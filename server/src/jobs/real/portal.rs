//! An index of the bureau's data portal: what is asked follows from the answer before, and all answers are kept together.

use super::question::Question;
use super::{Upstream, failed, refused};
use crate::jobs::steps::{Answer, Received, Refusal};
use crate::sources::DataflowDefinition;
use crate::sources::client::{FetchOutcome, Fetched, Validators};
use crate::sources::taldau::card::{Card, Step};
use crate::sources::taldau::joined;

impl Upstream {
    /// The answers about an index and its figures as one payload. When an answer leaves nothing to ask, the parser says why; one
    /// that is no JSON is handed on by itself.
    pub(super) async fn fetch_index(&self, definition: &DataflowDefinition) -> Result<Vec<Answer>, Refusal> {
        let (mut card, mut answers): (Card, Vec<(Step, Vec<u8>)>) = (Card::default(), Vec::new());
        let (mut left, mut head): (usize, Option<Received>) = (definition.max_bytes, None);
        loop {
            let (step, request) = match card.next(definition) {
                Ok(Some(next)) => next,
                // Without an address there is nobody to ask, and a base URL that is none is the operator's mistake.
                Ok(None) if answers.is_empty() => return Ok(Vec::new()),
                Err(error) if answers.is_empty() => return Err(failed(refused(&error))),
                Ok(None) | Err(_) => break,
            };
            // Asked for as if nothing were held: figures that did not change say nothing of the unit they are in.
            let question = Question::new(definition, &request, None);
            match self.client.fetch(question.to_fetch(left)).await {
                Ok(FetchOutcome::Fetched(Fetched { bytes, final_url, content_type, .. })) => {
                    let received = question.received(&final_url, Validators::default());
                    let received = Received { content_type, ..received };
                    if !card.note(step, &bytes) {
                        return Ok(vec![Answer::Payload(Box::new(Received { bytes, ..received }))]);
                    }
                    left = left.saturating_sub(bytes.len());
                    answers.push((step, bytes));
                    head = Some(received);
                }
                Ok(FetchOutcome::NotModified { .. }) => break,
                Err(error) => return question.unanswered(&error).map(|answer| answer.into_iter().collect()),
            }
            if step == Step::Data {
                break;
            }
        }
        let payload = head.map(|head| Answer::Payload(Box::new(Received { bytes: joined(&answers), ..head })));
        Ok(payload.into_iter().collect())
    }
}
