//! Reading everything once: [`Store::verify`]. Repair is [`crate::jobs`]' matter.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Store, StoreError, keys, read_manifest};

/// What reading the whole store found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Vintages read.
    pub vintages: u64,
    /// Different blocks read.
    pub blocks: u64,
    /// Blocks no vintage names, left by interrupted writes. Harmless.
    pub unused_blocks: u64,
    /// Releases read.
    pub releases: u64,
    /// Everything that does not read back.
    pub faults: Vec<String>,
}

impl Store {
    /// Reads every vintage, block and release and checks each against its checksum and address.
    ///
    /// # Errors
    /// Only when the index itself cannot be walked; damaged content is listed in the answer.
    pub fn verify(&self) -> Result<Verification, StoreError> {
        let mut found = Verification::default();
        let mut seen = BTreeSet::new();
        for pair in self.index.scan(keys::MANIFESTS) {
            let (_, sealed) = pair?;
            found.vintages += 1;
            let vintage = match read_manifest(&sealed) {
                Ok(vintage) => vintage,
                Err(error) => {
                    found.faults.push(error.to_string());
                    continue;
                }
            };
            for (series, held) in &vintage.series {
                if held.blocks.iter().all(|address| seen.contains(address)) {
                    continue;
                }
                seen.extend(held.blocks.iter().copied());
                match self.table(series, held) {
                    Ok(table) => {
                        let observations = table.cells.iter().flatten().map(|_| 1u64).sum::<u64>();
                        if observations != held.observations {
                            found.faults.push(format!(
                                "{series} in {} holds {observations} observations; expected {}",
                                vintage.id, held.observations
                            ));
                        }
                    }
                    Err(error) => found.faults.push(format!("{}: {error}", vintage.id)),
                }
            }
        }
        for pair in self.index.scan(keys::BLOCKS) {
            let known = seen.contains(&keys::address(&pair?.0)?);
            found.blocks += u64::from(known);
            found.unused_blocks += u64::from(!known);
        }
        for id in self.releases()? {
            found.releases += 1;
            if let Err(error) = self.release(id) {
                found.faults.push(error.to_string());
            }
        }
        if let Err(error) = self.published() {
            found.faults.push(error.to_string());
        }
        Ok(found)
    }
}
