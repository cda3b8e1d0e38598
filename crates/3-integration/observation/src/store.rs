//! Series and quarantine over the records port.

mod quarantine;

use crate::derived::Derivation;
use crate::error::ObservationError;
use crate::record::{FORMAT, SERIES, SeriesRecord};
use kernel::series::SeriesInfo;
use ports::error::PortError;
use ports::query::{IndexValue, Query};
use ports::records::{Change, Document, Expect, Records, Transaction};
use std::sync::Arc;

/// Where series and quarantine live.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
}

impl Store {
    /// Over the records of one tenant.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// All series.
    pub async fn series(&self) -> Result<Vec<SeriesInfo>, ObservationError> {
        let all = self.series_with_lineage().await?;
        Ok(all.into_iter().map(|(series, _)| series).collect())
    }

    /// All series; computed ones with what they are made from.
    pub async fn series_with_lineage(&self) -> Result<Vec<(SeriesInfo, Option<Derivation>)>, ObservationError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.records.query(SERIES, Query::all(1_000).after(after)).await?;
            for document in &page.documents {
                let record: SeriesRecord = read("series", document, |record: &SeriesRecord| record.format)?;
                all.push((record.series, record.derived));
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// Writes new series; fails if a number is taken.
    pub async fn put_series(&self, series: &[SeriesInfo]) -> Result<(), PortError> {
        self.put(series.iter().map(|info| (info, None, Expect::Absent))).await
    }

    /// Writes computed series, new ones and those whose derivation or place changed; there is one writer.
    pub async fn put_derived(&self, series: &[(SeriesInfo, Derivation)]) -> Result<(), PortError> {
        self.put(
            series
                .iter()
                .map(|(info, derivation)| (info, Some(derivation), Expect::Any)),
        )
        .await
    }

    async fn put<'a>(
        &self,
        series: impl Iterator<Item = (&'a SeriesInfo, Option<&'a Derivation>, Expect)>,
    ) -> Result<(), PortError> {
        let changes = series.map(|(info, derived, expect)| Change::Put {
            collection: SERIES,
            key: format!("{:010}", info.id.0),
            expect,
            body: serde_json::to_vec(&SeriesRecord {
                format: FORMAT,
                series: info.clone(),
                derived: derived.cloned(),
            })
            .unwrap_or_default(),
            indexes: vec![("device", IndexValue::Equal(info.device.to_string()))],
        });
        let transaction = Transaction {
            changes: changes.collect(),
            ..Transaction::default()
        };
        self.records.commit(transaction).await.map(drop)
    }
}

fn read<T: serde::de::DeserializeOwned>(
    what: &str,
    document: &Document,
    format: impl Fn(&T) -> u32,
) -> Result<T, ObservationError> {
    let unreadable = |why: String| ObservationError::Unreadable {
        what: format!("{what} {}", document.key),
        why,
    };
    let record: T = serde_json::from_slice(&document.body).map_err(|error| unreadable(error.to_string()))?;
    match format(&record) {
        newer if newer > FORMAT => Err(unreadable(format!(
            "format {newer} is newer than {FORMAT}; upgrade hanoi-ioc"
        ))),
        _ => Ok(record),
    }
}
