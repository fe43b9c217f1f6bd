//! Files of tiles, too large for memory and for keeping: dropped or downloaded, then reduced to what is kept of them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use indicators::wire::{RunFinding, RunOutcome};
use sha2::{Digest, Sha256};
use tokio::task;

use super::question::Question;
use super::{Upstream, failed, refused};
use crate::content_hash::ContentHash;
use crate::disk::{Disk, LocalDisk};
use crate::jobs::reason;
use crate::jobs::steps::{Answer, FetchOrder, Received, Refusal};
use crate::run_log::Validators;
use crate::snapshots::SnapshotKind;
use crate::sources::client::{Download, Downloaded, Scratch};
use crate::sources::{self, DataflowDefinition, SourceQuery, SourceRequest, folder, ookla_tiles};

impl Upstream {
    /// Files of tiles, dropped or downloaded, each of them reduced to what is kept of it.
    pub(super) async fn fetch_tiles(
        &self,
        definition: &DataflowDefinition,
        order: &FetchOrder,
    ) -> Result<Vec<Answer>, Refusal> {
        let dropped = folder::find(&self.drop_folder, definition)
            .map_err(|error| failed(reason("drop_folder", error.to_string())))?;
        let mut answers = Vec::new();
        for path in &dropped {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let received = Received {
                part: format!("{name}.json"),
                bytes: Vec::new(),
                kind: SnapshotKind::Dropped,
                origin: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                final_url: None,
                content_type: None,
                validators: Validators::default(),
            };
            let opened = open_hashed(path).map_err(|error| failed(reason("drop_folder", error.to_string())))?;
            answers.push(reduced(received, opened).await?);
        }
        if !dropped.is_empty() {
            return Ok(answers);
        }
        let requests = sources::requests(definition, &SourceQuery { today: order.today })
            .map_err(|error| failed(refused(&error)))?;
        for request in requests {
            answers.extend(self.ask_for_tiles(definition, &request, order.known.get(&request.part)).await?);
        }
        answers.extend(self.ask_for_history(definition, order).await?);
        Ok(answers)
    }

    /// A few of the quarters that are wanted and were never taken in. What goes wrong with one of them is no fault of the newest: it
    /// is logged, and asked for again next time.
    async fn ask_for_history(
        &self,
        definition: &DataflowDefinition,
        order: &FetchOrder,
    ) -> Result<Vec<Answer>, Refusal> {
        let query = SourceQuery { today: order.today };
        let wanted =
            ookla_tiles::wanted_besides(definition, query, &order.taken).map_err(|error| failed(refused(&error)))?;
        let most = definition.history.map_or(0, |history| history.a_run);
        let mut answers = Vec::new();
        for request in wanted {
            if answers.len() == most {
                break;
            }
            match self.ask_for_tiles(definition, &request, None).await {
                Ok(answer) => answers.extend(answer),
                Err(refusal) => {
                    let reason = refusal.reasons.first().map(|reason| reason.message.as_str());
                    tracing::warn!(dataflow = %definition.id, part = request.part, reason, "a quarter of the past was not taken in");
                    // A file that is damaged says nothing of the next; a provider that is gone does.
                    if refusal.outcome != RunOutcome::Quarantined {
                        break;
                    }
                }
            }
        }
        Ok(answers)
    }

    async fn ask_for_tiles(
        &self,
        definition: &DataflowDefinition,
        request: &SourceRequest,
        known: Option<&Validators>,
    ) -> Result<Option<Answer>, Refusal> {
        let question = Question::new(definition, request, known);
        let free_bytes = || LocalDisk.free_bytes(&self.scratch);
        let scratch = Scratch { folder: &self.scratch, free_bytes: &free_bytes };
        match self.client.download(question.to_fetch(ookla_tiles::LARGEST_FILE_BYTES), scratch).await {
            Ok(Download::NotModified) => Ok(Some(question.not_modified())),
            Ok(Download::Downloaded(Downloaded { file, sha256, final_url, validators, .. })) => {
                reduced(question.received(&final_url, validators), (file, sha256)).await.map(Some)
            }
            Err(error) => question.unanswered(&error),
        }
    }
}

/// A file and its checksum, read as a stream.
fn open_hashed(path: &Path) -> io::Result<(File, ContentHash)> {
    let mut file = File::open(path)?;
    let (mut digest, mut chunk) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let n = file.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        digest.update(chunk.get(..n).unwrap_or_default());
    }
    file.seek(SeekFrom::Start(0))?;
    Ok((file, ContentHash::of_digest(digest)))
}

/// The payload that is kept of a file of tiles.
async fn reduced(received: Received, (file, sha256): (File, ContentHash)) -> Result<Answer, Refusal> {
    let part = received.part.clone();
    match task::spawn_blocking(move || ookla_tiles::reduce(&part, file, sha256)).await {
        Ok(Ok(bytes)) => Ok(Answer::Payload(Box::new(Received { bytes, ..received }))),
        Ok(Err(error)) => Err(Refusal {
            outcome: RunOutcome::Quarantined,
            bytes: 0,
            not_before: None,
            reasons: vec![RunFinding { found: Some(received.origin), ..reason("unreadable", error.to_string()) }],
        }),
        Err(error) => Err(failed(reason("unreadable", error.to_string()))),
    }
}
