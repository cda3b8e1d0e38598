//! The port of objects over another one that sees sealed chunks: `v3/NAME` is object NAME under version 3 of the data key.
//!
//! An object has a key of its own (HMAC of its salt) and is cut into chunks of 64 KiB, so that a part is read without the
//! rest. Name, length and number of the chunk are bound: nothing can be cut, swapped, or moved to another name.

use crate::error::changed;
use crate::secret::{Keys, Secret, derive, joined, open_with, random, seal_with};
use crate::vault::Vault;
use async_trait::async_trait;
use bytes::Bytes;
use ports::error::{PortError, Result};
use ports::objects::Objects;
use ring::aead::{MAX_TAG_LEN, NONCE_LEN};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of an object that are sealed together.
const CHUNK: u64 = 64 << 10;
const TAG: u64 = MAX_TAG_LEN as u64;
const MAGIC: [u8; 2] = [b'O', 1];
/// Magic, length of the object, salt.
const HEAD: usize = 2 + 8 + 16;

/// Objects of a sealed tenant.
#[derive(Clone, Debug)]
pub struct SealedObjects {
    vault: Vault,
    inner: Arc<dyn Objects>,
}

pub(crate) fn folder(version: u32) -> String {
    format!("v{version}/")
}

fn below(version: u32, name: &str) -> String {
    format!("v{version}/{name}")
}

/// How an object is sealed.
struct Head {
    bytes: [u8; HEAD],
    length: u64,
    key: Secret,
}

impl Head {
    fn new(keys: &Keys, version: u32, bytes: [u8; HEAD]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<2>()?;
        let (length, salt) = rest.split_first_chunk::<8>()?;
        let key = derive(&keys.version(version)?.object, &[b"object", salt]);
        (*magic == MAGIC).then(|| Self {
            bytes,
            length: u64::from_be_bytes(*length),
            key,
        })
    }

    /// At least one, so that an empty object is sealed as well.
    fn chunks(&self) -> u64 {
        self.length.div_ceil(CHUNK).max(1)
    }

    fn bound(&self, tenant: &str, name: &str) -> Vec<u8> {
        joined(&[b"object", tenant.as_bytes(), name.as_bytes(), &self.bytes])
    }
}

/// The key belongs to one object, so the number of the chunk is a nonce that never comes twice.
fn nonce(chunk: u64) -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    for (to, from) in nonce.iter_mut().rev().zip(chunk.to_be_bytes().iter().rev()) {
        *to = *from;
    }
    nonce
}

pub(crate) fn seal_object(keys: &Keys, name: &str, bytes: &[u8]) -> Result<Bytes> {
    let failed = || PortError::Unavailable("sealing an object failed".to_owned());
    let mut head = [0; HEAD];
    let salt: [u8; 16] = random()?;
    let parts = MAGIC
        .iter()
        .copied()
        .chain((bytes.len() as u64).to_be_bytes())
        .chain(salt);
    head.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    let head = Head::new(keys, keys.current, head).ok_or_else(failed)?;
    let bound = head.bound(&keys.tenant, name);
    let mut sealed = head.bytes.to_vec();
    sealed.reserve(bytes.len() + usize::try_from(head.chunks() * TAG).unwrap_or(0));
    let empty: [&[u8]; 1] = [&[]];
    let chunks: Box<dyn Iterator<Item = &[u8]> + Send> = if bytes.is_empty() {
        Box::new(empty.into_iter())
    } else {
        Box::new(bytes.chunks(CHUNK as usize))
    };
    for (number, chunk) in (0_u64..).zip(chunks) {
        let mut chunk = chunk.to_vec();
        seal_with(&head.key, nonce(number), &bound, &mut chunk).ok_or_else(failed)?;
        sealed.append(&mut chunk);
    }
    Ok(Bytes::from(sealed))
}

impl SealedObjects {
    /// Over the objects below, which nobody else may write.
    pub fn new(vault: Vault, inner: Arc<dyn Objects>) -> Self {
        Self { vault, inner }
    }

    /// The newest version under which the object lies, and its head.
    async fn find(&self, keys: &Keys, name: &str) -> Result<Option<(u32, Head)>> {
        for version in keys.versions.keys().rev() {
            let found = self.inner.get_range(&below(*version, name), 0..HEAD as u64).await?;
            let Some(found) = found else { continue };
            let head = <[u8; HEAD]>::try_from(found.as_ref()).ok();
            let head = head.and_then(|head| Head::new(keys, *version, head));
            return Ok(Some((*version, head.ok_or_else(|| changed("the object", name))?)));
        }
        Ok(None)
    }

    /// Opens the chunks that hold a range, and cuts it out.
    async fn part(&self, keys: &Keys, name: &str, version: u32, head: &Head, range: Range<u64>) -> Result<Bytes> {
        let wrong = || changed("the object", name);
        let end = range.end.min(head.length);
        let (first, last) = match range.start < end {
            true => (range.start / CHUNK, (end - 1) / CHUNK),
            false => (0, 0),
        };
        let start = HEAD as u64 + first * (CHUNK + TAG);
        let whole = HEAD as u64 + head.length + head.chunks() * TAG;
        let stop = whole.min(HEAD as u64 + (last + 1) * (CHUNK + TAG));
        let size = self.inner.size(&below(version, name)).await?;
        let sealed = self
            .inner
            .get_range(&below(version, name), start..stop)
            .await?
            .ok_or_else(wrong)?;
        if size != Some(whole) || sealed.len() as u64 != stop - start {
            return Err(wrong());
        }
        let bound = head.bound(&keys.tenant, name);
        let mut plain = Vec::with_capacity(sealed.len());
        for (number, chunk) in (first..).zip(sealed.chunks((CHUNK + TAG) as usize)) {
            let opened = open_with(&head.key, nonce(number), &bound, chunk.to_vec()).ok_or_else(wrong)?;
            plain.extend_from_slice(&opened);
        }
        let from = usize::try_from(range.start.min(end) - first * CHUNK).map_err(|_| wrong())?;
        let to = usize::try_from(end.max(range.start.min(end)) - first * CHUNK).map_err(|_| wrong())?;
        let plain = Bytes::from(plain);
        if range.start >= end {
            return Ok(Bytes::new());
        }
        (to <= plain.len()).then(|| plain.slice(from..to)).ok_or_else(wrong)
    }

    /// Seals one object of an older version under the present one; alone, so that no reader or writer meets it halfway.
    pub(crate) async fn renew(&self, version: u32, name: &str) -> Result<()> {
        let _alone = self.vault.turn().write_owned().await;
        let keys = self.vault.keys()?;
        let old = below(version, name);
        if !ports::objects::is_hint(name) {
            let Some(found) = self.inner.get_range(&old, 0..HEAD as u64).await? else {
                return Ok(());
            };
            let head = <[u8; HEAD]>::try_from(found.as_ref()).ok();
            let head = head.and_then(|head| Head::new(&keys, version, head));
            let head = head.ok_or_else(|| changed("the object", name))?;
            let plain = self.part(&keys, name, version, &head, 0..head.length).await?;
            self.inner
                .put_if_absent(&below(keys.current, name), seal_object(&keys, name, &plain)?)
                .await?;
        }
        self.inner.delete(&old).await
    }

    pub(crate) fn inner(&self) -> &dyn Objects {
        &*self.inner
    }
}

#[async_trait]
impl Objects for SealedObjects {
    async fn put_if_absent(&self, name: &str, bytes: Bytes) -> Result<bool> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        for version in keys.versions.keys().filter(|version| **version != keys.current) {
            if self.inner.size(&below(*version, name)).await?.is_some() {
                return Ok(false);
            }
        }
        self.inner
            .put_if_absent(&below(keys.current, name), seal_object(&keys, name, &bytes)?)
            .await
    }

    async fn replace(&self, name: &str, bytes: Bytes) -> Result<()> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        self.inner
            .replace(&below(keys.current, name), seal_object(&keys, name, &bytes)?)
            .await
    }

    async fn size(&self, name: &str) -> Result<Option<u64>> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        let Some((version, head)) = self.find(&keys, name).await? else {
            return Ok(None);
        };
        // the length counts only when a chunk that is bound to it opens
        self.part(&keys, name, version, &head, 0..1).await?;
        Ok(Some(head.length))
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        self.get_range(name, 0..u64::MAX).await
    }

    async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        let Some((version, head)) = self.find(&keys, name).await? else {
            return Ok(None);
        };
        self.part(&keys, name, version, &head, range).await.map(Some)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        // no name has a part that begins with a dot, and below such a part would lead out of the folder
        if prefix.split('/').any(|part| part.starts_with('.')) {
            return Ok(Vec::new());
        }
        let mut names = BTreeSet::new();
        for version in keys.versions.keys() {
            let folder = folder(*version);
            let found = self.inner.list(&format!("{folder}{prefix}")).await?;
            names.extend(
                found
                    .iter()
                    .filter_map(|name| name.strip_prefix(&folder))
                    .map(str::to_owned),
            );
        }
        Ok(names.into_iter().collect())
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        for version in keys.versions.keys() {
            self.inner.delete(&below(*version, name)).await?;
        }
        Ok(())
    }
}
