//! The port `objects` as the object store that Delta and DataFusion speak: nothing is answered before it is durable.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::stream::{BoxStream, StreamExt, once};
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result, UploadPart, coalesce_ranges,
};
use ports::error::PortError;
use ports::objects::{Objects, is_hint};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The largest object that may come in parts, because the parts wait in memory.
const MAX_PARTS_BYTES: usize = 256 << 20;

/// All objects of one tenant.
#[derive(Clone, Debug)]
pub struct LakeStore {
    objects: Arc<dyn Objects>,
}

impl LakeStore {
    /// Over the objects of one tenant.
    pub fn new(objects: Arc<dyn Objects>) -> Self {
        Self { objects }
    }

    async fn meta(&self, location: &Path) -> Result<ObjectMeta> {
        let size = self.objects.size(location.as_ref()).await;
        match size.map_err(|error| store_error(location, error))? {
            Some(size) => Ok(meta_of(location.clone(), size)),
            None => Err(absent(location)),
        }
    }

    async fn part(&self, location: &Path, range: Range<u64>) -> Result<Bytes> {
        let found = self.objects.get_range(location.as_ref(), range.clone()).await;
        let bytes = found
            .map_err(|error| store_error(location, error))?
            .ok_or_else(|| absent(location))?;
        if (bytes.len() as u64) < range.end - range.start {
            return Err(generic(format!(
                "{location} ends after {} bytes of {range:?}",
                bytes.len()
            )));
        }
        Ok(bytes)
    }

    async fn store(&self, location: &Path, bytes: Bytes, mode: &PutMode) -> Result<PutResult> {
        let name = location.as_ref();
        let failed = |error| store_error(location, error);
        let stored = match mode {
            PutMode::Create => self.objects.put_if_absent(name, bytes).await.map_err(failed)?,
            PutMode::Overwrite if is_hint(name) => {
                self.objects.replace(name, bytes).await.map_err(failed)?;
                true
            }
            // Only what a crash left unfinished is ever written again, and then with the same content.
            PutMode::Overwrite => {
                let free = self.objects.put_if_absent(name, bytes.clone()).await.map_err(failed)?;
                if !free && self.objects.get(name).await.map_err(failed)?.as_ref() != Some(&bytes) {
                    self.objects.delete(name).await.map_err(failed)?;
                    self.objects.put_if_absent(name, bytes).await.map_err(failed)?;
                }
                true
            }
            PutMode::Update(_) => return Err(generic("an update on condition is not offered".to_owned())),
        };
        if !stored {
            return Err(Error::AlreadyExists {
                path: location.to_string(),
                source: "the name is taken".into(),
            });
        }
        Ok(PutResult {
            e_tag: None,
            version: None,
        })
    }

    async fn names(&self, prefix: Option<&Path>) -> Result<Vec<String>> {
        let folder = prefix.map_or_else(String::new, |prefix| format!("{prefix}/"));
        let folder = if folder == "/" { String::new() } else { folder };
        let names = self.objects.list(&folder).await;
        names.map_err(|error| generic(error.to_string()))
    }
}

fn meta_of(location: Path, size: u64) -> ObjectMeta {
    // Objects are never changed, so their age says nothing; what needs a time writes it into the name.
    ObjectMeta {
        location,
        last_modified: DateTime::<Utc>::UNIX_EPOCH,
        size,
        e_tag: None,
        version: None,
    }
}

fn generic(text: String) -> Error {
    Error::Generic {
        store: "lake",
        source: text.into(),
    }
}

fn absent(location: &Path) -> Error {
    Error::NotFound {
        path: location.to_string(),
        source: "there is no such object".into(),
    }
}

fn store_error(location: &Path, error: PortError) -> Error {
    Error::Generic {
        store: "lake",
        source: format!("{location}: {error}").into(),
    }
}

impl fmt::Display for LakeStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lake")
    }
}

#[async_trait]
impl ObjectStore for LakeStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.store(location, payload.into(), &opts.mode).await
    }

    async fn put_multipart_opts(&self, location: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Parts {
            store: self.clone(),
            location: location.clone(),
            bytes: BytesMut::new(),
        }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let meta = self.meta(location).await?;
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            Some(range) => range
                .as_range(meta.size)
                .map_err(|error| generic(format!("{location}: {error}")))?,
            None => 0..meta.size,
        };
        let bytes = if options.head {
            Bytes::new()
        } else {
            self.part(location, range.clone()).await?
        };
        Ok(GetResult {
            payload: GetResultPayload::Stream(once(async { Ok(bytes) }).boxed()),
            meta,
            range,
            attributes: object_store::Attributes::default(),
        })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        coalesce_ranges(
            ranges,
            |range| self.part(location, range),
            OBJECT_STORE_COALESCE_DEFAULT,
        )
        .await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let objects = Arc::clone(&self.objects);
        let delete = move |location: Result<Path>| {
            let objects = Arc::clone(&objects);
            async move {
                let location = location?;
                let done = objects.delete(location.as_ref()).await;
                done.map_err(|error| store_error(&location, error))?;
                Ok(location)
            }
        };
        locations.then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (store, prefix) = (self.clone(), prefix.cloned());
        let listed = async move {
            let names = store.names(prefix.as_ref()).await;
            let names = match names {
                Ok(names) => names.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            futures::stream::iter(names).filter_map(move |name: Result<String>| {
                let store = store.clone();
                async move {
                    match name {
                        Ok(name) => match store.meta(&Path::from(name)).await {
                            // deleted meanwhile
                            Err(Error::NotFound { .. }) => None,
                            meta => Some(meta),
                        },
                        Err(error) => Some(Err(error)),
                    }
                }
            })
        };
        once(listed).flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let (mut folders, mut objects) = (BTreeSet::new(), Vec::new());
        let base = prefix.map_or(0, |prefix| prefix.parts().count());
        for name in self.names(prefix).await? {
            let location = Path::from(name);
            if location.parts().count() == base + 1 {
                objects.push(self.meta(&location).await?);
            } else {
                folders.insert(location.parts().take(base + 1).collect::<Path>());
            }
        }
        Ok(ListResult {
            common_prefixes: folders.into_iter().collect(),
            objects,
        })
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let size = self.meta(from).await?.size;
        let bytes = self.part(from, 0..size).await?;
        let mode = match options.mode {
            CopyMode::Overwrite => PutMode::Overwrite,
            CopyMode::Create => PutMode::Create,
        };
        self.store(to, bytes, &mode).await.map(drop)
    }
}

/// An object that comes in parts, which wait in memory.
#[derive(Debug)]
struct Parts {
    store: LakeStore,
    location: Path,
    bytes: BytesMut,
}

#[async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let fits = self.bytes.len() + data.content_length() <= MAX_PARTS_BYTES;
        let answer = if fits {
            data.iter().for_each(|piece| self.bytes.extend_from_slice(piece));
            Ok(())
        } else {
            let text = format!("{} would be larger than {MAX_PARTS_BYTES} bytes", self.location);
            Err(generic(text))
        };
        Box::pin(std::future::ready(answer))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let bytes = std::mem::take(&mut self.bytes).freeze();
        self.store.store(&self.location, bytes, &PutMode::Overwrite).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.bytes.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded::disk::RealDisk;
    use embedded::objects::EmbeddedObjects;
    use futures::TryStreamExt;
    use object_store::{GetRange, ObjectStoreExt};

    #[tokio::test]
    async fn names_are_taken_once_listed_by_folder_and_read_in_parts() {
        let dir = tempfile::tempdir().unwrap();
        let objects = EmbeddedObjects::open(Arc::new(RealDisk), dir.path()).unwrap();
        let store = LakeStore::new(Arc::new(objects));
        let create = || PutOptions::from(PutMode::Create);
        let commit = Path::from("lake/t/_delta_log/00000000000000000000.json");
        store.put_opts(&commit, "one".into(), create()).await.unwrap();
        let again = store.put_opts(&commit, "two".into(), create()).await;
        assert!(matches!(again, Err(Error::AlreadyExists { .. })), "{again:?}");
        let data = Path::from("lake/t/day=2026-01-01/part-1.parquet");
        let mut parts = store.put_multipart(&data).await.unwrap();
        for part in ["01234", "56789"] {
            parts.put_part(part.into()).await.unwrap();
        }
        parts.complete().await.unwrap();
        let hint = Path::from("lake/t/_delta_log/_last_checkpoint");
        for content in ["first", "second"] {
            store.put(&hint, content.into()).await.unwrap();
        }
        assert_eq!(store.get(&hint).await.unwrap().bytes().await.unwrap(), "second");
        assert_eq!(store.get_range(&data, 3..6).await.unwrap(), "345");
        assert_eq!(store.get_ranges(&data, &[0..2, 8..10]).await.unwrap(), ["01", "89"]);
        let last = GetOptions {
            range: Some(GetRange::Suffix(4)),
            ..GetOptions::default()
        };
        let last = store.get_opts(&data, last).await.unwrap();
        assert_eq!((last.range.clone(), last.meta.size), (6..10, 10));
        assert_eq!(last.bytes().await.unwrap(), "6789");
        let inside = store.list_with_delimiter(Some(&Path::from("lake/t"))).await.unwrap();
        let folders: Vec<_> = inside.common_prefixes.iter().map(AsRef::as_ref).collect();
        assert_eq!(folders, ["lake/t/_delta_log", "lake/t/day=2026-01-01"]);
        assert!(inside.objects.is_empty());
        let all: Vec<_> = store.list(Some(&Path::from("lake/t"))).try_collect().await.unwrap();
        assert_eq!(all.len(), 3);
        store.delete(&data).await.unwrap();
        assert!(matches!(store.head(&data).await, Err(Error::NotFound { .. })));
    }
}
