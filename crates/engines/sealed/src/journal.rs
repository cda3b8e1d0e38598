//! The journal of a sealed tenant: of a fact, only id, type, time, tenant and classification can be read below.

use crate::error::changed;
use crate::secret::{Keys, open, seal};
use crate::vault::Vault;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use ports::error::{PortError, Result};
use ports::journal::{Entry, Journal};
use std::sync::Arc;
use tokio::sync::watch;
use zeroize::Zeroizing;

/// What stands in the place of subject, source and actor below.
const SEALED: &str = "sealed";

fn place<'a>(keys: &'a Keys, id: &'a [u8], kind: &'a str, version: &'a [u8]) -> [&'a [u8]; 5] {
    [b"fact", keys.tenant.as_bytes(), id, kind.as_bytes(), version]
}

/// The fact as the journal below keeps it.
pub(crate) fn seal_fact(keys: &Keys, fact: &Fact) -> Result<Fact> {
    let plain = serde_json::to_vec(fact)
        .map_err(|error| PortError::Misuse(format!("fact {} of type {}: {error}", fact.id, fact.kind)))?;
    let (plain, version) = (Zeroizing::new(plain), keys.current.to_be_bytes());
    let place = place(keys, fact.id.0.as_bytes(), &fact.kind, &version);
    let sealed = seal(&keys.newest()?.fact, &place, &plain)?;
    Ok(Fact {
        specversion: fact.specversion.clone(),
        id: fact.id,
        kind: fact.kind.clone(),
        source: format!("/{SEALED}"),
        subject: SEALED.to_owned(),
        time: fact.time,
        tenant: fact.tenant.clone(),
        actor: ActorId::Service(SEALED.to_owned()),
        classification: fact.classification,
        areas: Vec::new(),
        data: serde_json::json!({ "version": keys.current, "sealed": STANDARD_NO_PAD.encode(sealed) }),
    })
}

/// The version of the key under which a fact lies below.
pub(crate) fn version_of_fact(below: &Fact) -> Option<u32> {
    let version = below.data.get("version").and_then(serde_json::Value::as_u64);
    version.and_then(|number| u32::try_from(number).ok())
}

/// The fact as it was said. What stands beside the seal has to be what was sealed.
pub(crate) fn open_fact(keys: &Keys, below: &Fact) -> Result<Fact> {
    let wrong = || changed("the fact", &below.id.to_string());
    let version = version_of_fact(below).ok_or_else(wrong)?;
    let sealed = below
        .data
        .get("sealed")
        .and_then(serde_json::Value::as_str)
        .ok_or_else(wrong)?;
    let sealed = STANDARD_NO_PAD.decode(sealed).map_err(|_| wrong())?;
    let key = keys.version(version).ok_or_else(|| {
        PortError::Corrupt(format!(
            "fact {} is sealed with version {version} of the data key, which is destroyed",
            below.id
        ))
    })?;
    let number = version.to_be_bytes();
    let place = place(keys, below.id.0.as_bytes(), &below.kind, &number);
    let plain = Zeroizing::new(open(&key.fact, &place, &sealed).ok_or_else(wrong)?);
    let fact: Fact = serde_json::from_slice(&plain).map_err(|_| wrong())?;
    let same = fact.time == below.time && fact.tenant == below.tenant && fact.classification == below.classification;
    if same { Ok(fact) } else { Err(wrong()) }
}

/// The journal of a sealed tenant.
#[derive(Clone, Debug)]
pub struct SealedJournal {
    vault: Vault,
    inner: Arc<dyn Journal>,
}

impl SealedJournal {
    /// Over the journal below.
    pub fn new(vault: Vault, inner: Arc<dyn Journal>) -> Self {
        Self { vault, inner }
    }
}

#[async_trait]
impl Journal for SealedJournal {
    async fn read(&self, after: u64, kinds: &[&str], limit: usize) -> Result<Vec<Entry>> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        let entries = self.inner.read(after, kinds, limit).await?;
        let opened = entries.into_iter().map(|Entry { number, fact }| {
            let fact = open_fact(&keys, &fact)?;
            Ok(Entry { number, fact })
        });
        opened.collect()
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.inner.head()
    }

    async fn oldest(&self) -> Result<u64> {
        self.vault.keys()?;
        self.inner.oldest().await
    }

    async fn cursor(&self, consumer: &str) -> Result<u64> {
        self.vault.keys()?;
        self.inner.cursor(consumer).await
    }

    async fn forget(&self, number: u64) -> Result<u64> {
        self.vault.keys()?;
        self.inner.forget(number).await
    }
}
