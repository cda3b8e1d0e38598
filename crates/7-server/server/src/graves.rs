//! The list of erased people beside the data: ids and times, one line each, in no backup. A restored backup is told of it.

use crate::keys::Keys;
use crate::settings::Settings;
use access::service::Accounts;
use anyhow::{Context, Result};
use async_trait::async_trait;
use embedded::tenant::EmbeddedTenant;
use kernel::clock::Clock;
use kernel::id::TenantId;
use parking_lot::Mutex;
use personal::grave::{Grave, Graves};
use personal::service::People;
use personal::store::Store;
use ports::error::PortError;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "erased.jsonl";
/// Longest list, in bytes; some 600,000 erasures.
const MAX_BYTES: u64 = 64 << 20;

/// The list in the data directory.
#[derive(Clone, Debug)]
pub(crate) struct ErasedFile {
    path: PathBuf,
    /// One line at a time.
    one: Arc<Mutex<()>>,
}

impl ErasedFile {
    /// In a data directory; the file is made with the first erasure.
    pub(crate) fn of(data_dir: &Path) -> Self {
        let (path, one) = (data_dir.join(FILE), Arc::default());
        Self { path, one }
    }

    fn read(&self) -> Result<Vec<Grave>> {
        let mut text = String::new();
        match std::fs::File::open(&self.path) {
            Ok(file) => file.take(MAX_BYTES).read_to_string(&mut text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        // a line without its end was cut off by a power cut, before its erasure was answered
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        lines
            .enumerate()
            .map(|(number, line)| serde_json::from_str(line).with_context(|| format!("line {}", number + 1)))
            .collect()
    }

    fn append(&self, grave: Grave) -> Result<()> {
        let _one = self.one.lock();
        let new = !self.path.exists();
        let mut file = std::fs::File::options().create(true).append(true).open(&self.path)?;
        // what a power cut left of a line, which was never answered, goes first
        let known = std::fs::read(&self.path)?;
        let whole = known.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        file.write_all(format!("{}\n", serde_json::to_string(&grave)?).as_bytes())?;
        file.sync_all()?;
        if new {
            std::fs::File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T, PortError> {
        let own = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            work(&own).map_err(|error| PortError::Unavailable(format!("{}: {error:#}", own.path.display())))
        });
        done.await.map_err(|error| PortError::Unavailable(error.to_string()))?
    }
}

#[async_trait]
impl Graves for ErasedFile {
    async fn add(&self, grave: Grave) -> Result<(), PortError> {
        self.run(move |own| own.append(grave)).await
    }

    async fn all(&self) -> Result<Vec<Grave>, PortError> {
        self.run(Self::read).await
    }
}

/// The personal fields of the house's tenant. Whoever was erased before and has come back is erased again.
pub(crate) async fn people(
    settings: &Settings,
    engine: &EmbeddedTenant,
    accounts: &Accounts,
    keys: &Keys,
    tenant: &TenantId,
    wall: &Arc<dyn Clock>,
) -> Result<People> {
    let people = People::new(
        Store::new(Arc::clone(&engine.records)),
        accounts.clone(),
        keys.seal_key()?,
        Arc::new(ErasedFile::of(&settings.instance.data_dir)),
        tenant.clone(),
        Arc::clone(wall),
    );
    let buried = people.bury().await.context("the list of erasures cannot be followed")?;
    if buried > 0 {
        tracing::warn!(
            buried,
            "people whose details were erased before had come back, and are erased again"
        );
    }
    Ok(people)
}

/// Takes the list of a lost instance into a restored one, before its first start; whom it names is erased then.
pub(crate) fn take(from: &Path, data_dir: &Path) -> Result<()> {
    let text = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    let to = data_dir.join(FILE);
    std::fs::write(&to, text).with_context(|| format!("cannot write {}", to.display()))?;
    ErasedFile::of(data_dir)
        .read()
        .with_context(|| format!("{} is not a list of erasures", from.display()))?;
    std::fs::File::open(&to)?.sync_all()?;
    Ok(std::fs::File::open(data_dir)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::PersonId;
    use kernel::time::Timestamp;

    #[tokio::test]
    async fn a_line_that_a_power_cut_left_costs_neither_those_before_nor_those_after() {
        let dir = tempfile::tempdir().unwrap();
        let list = ErasedFile::of(dir.path());
        assert_eq!(list.all().await, Ok(Vec::new()));
        let grave = |number| Grave {
            person: PersonId(kernel::id::derived(&[&[number]])),
            key: kernel::id::derived(&[b"key", &[number]]),
            at: Timestamp::from_seconds(i64::from(number)),
        };
        list.add(grave(1)).await.unwrap();
        let path = dir.path().join(FILE);
        let mut text = std::fs::read(&path).unwrap();
        text.extend_from_slice(br#"{"person":"019"#);
        std::fs::write(&path, &text).unwrap();
        assert_eq!(list.all().await, Ok(vec![grave(1)]));
        list.add(grave(2)).await.unwrap();
        assert_eq!(list.all().await, Ok(vec![grave(1), grave(2)]));
    }
}
