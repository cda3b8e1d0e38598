//! Items and their versions over the records port.

use crate::decide::act::Done;
use crate::error::PackError;
use crate::model::name::Name;
use crate::model::{Files, Origin, Version};
use crate::record::{
    ITEMS, OLD_FILES, OldFile, START, STATES, Stored, VERSIONS, read, read_item, version_key, write_item, write_origin,
    write_version,
};
use kernel::fact::Fact;
use ports::query::{After, Query};
use ports::records::{Change, Collection, Document, Expect, Records, Transaction};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Documents read at once.
const PAGE: usize = 500;

/// The pack of one tenant.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
}

/// What is written in one transaction.
#[derive(Debug, Default)]
pub struct Writing {
    /// Items after their change, each with the version of its document before.
    pub done: Vec<(Done, u64)>,
    /// Facts of it.
    pub facts: Vec<Fact>,
    /// The pack that a start has laid.
    pub start: Option<Origin>,
    /// Files of the old form, which are items now.
    pub moved: Vec<String>,
}

impl Writing {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty() && self.start.is_none() && self.moved.is_empty()
    }
}

impl Store {
    /// Over the records of a tenant.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// All items, those that do not count included.
    pub async fn items(&self) -> Result<BTreeMap<Name, Stored>, PackError> {
        let documents = self.all(ITEMS, None).await?;
        let stored = documents.iter().map(read_item);
        stored
            .map(|stored| stored.map(|stored| (stored.item.name.clone(), stored)))
            .collect()
    }

    /// One item.
    pub async fn item(&self, name: &Name) -> Result<Option<Stored>, PackError> {
        let document = self.records.get(ITEMS, &name.to_string()).await?;
        document.as_ref().map(read_item).transpose()
    }

    /// One version of an item.
    pub async fn version(&self, name: &Name, number: u32) -> Result<Option<Version>, PackError> {
        let document = self.records.get(VERSIONS, &version_key(name, number)).await?;
        document.as_ref().map(read).transpose()
    }

    /// The text of a version; `None` for none.
    pub async fn text(&self, name: &Name, number: Option<u32>) -> Result<Option<String>, PackError> {
        let Some(number) = number else { return Ok(None) };
        Ok(self.version(name, number).await?.and_then(|version| version.text))
    }

    /// All versions of an item, oldest first.
    pub async fn versions(&self, name: &Name) -> Result<Vec<Version>, PackError> {
        let documents = self.all(VERSIONS, Some(format!("{name}/"))).await?;
        documents.iter().map(read).collect()
    }

    /// The texts that count, by path.
    pub async fn files(&self) -> Result<Files, PackError> {
        let mut files = Files::new();
        for (name, stored) in self.items().await? {
            if let Some(text) = self.text(&name, stored.item.effective()).await? {
                files.insert(name.path(), text);
            }
        }
        Ok(files)
    }

    /// The pack that the newest start with a new pack has laid.
    pub async fn start(&self) -> Result<Option<Origin>, PackError> {
        let document = self.records.get(STATES, START).await?;
        document.as_ref().map(read).transpose()
    }

    /// Files that a build before this crate has stored.
    pub async fn old_files(&self) -> Result<BTreeMap<String, OldFile>, PackError> {
        let documents = self.all(OLD_FILES, None).await?;
        documents
            .iter()
            .map(|document| Ok((document.key.clone(), read(document)?)))
            .collect()
    }

    /// All or nothing; an item that has changed since it was read makes it fail.
    pub async fn commit(&self, writing: Writing) -> Result<(), PackError> {
        let mut changes = Vec::new();
        for (Done { item, version }, document) in &writing.done {
            let expect = Expect::since(*document);
            changes.push(put(ITEMS, item.name.to_string(), expect, write_item(item)?));
            let key = version_key(&item.name, version.number);
            changes.push(put(VERSIONS, key, Expect::Absent, write_version(&item.name, version)?));
        }
        if let Some(origin) = &writing.start {
            changes.push(put(STATES, START.to_owned(), Expect::Any, write_origin(origin)?));
        }
        changes.extend(writing.moved.into_iter().map(|key| Change::Delete {
            collection: OLD_FILES,
            key,
            expect: Expect::Any,
        }));
        let transaction = Transaction {
            changes,
            facts: writing.facts,
            cursor: None,
        };
        self.records.commit(transaction).await?;
        Ok(())
    }

    /// Documents whose keys begin with `prefix`, by key.
    async fn all(&self, collection: Collection, prefix: Option<String>) -> Result<Vec<Document>, PackError> {
        let mut documents = Vec::new();
        let mut after = prefix.clone().map(|key| After { value: 0, key });
        loop {
            let page = self.records.query(collection, Query::all(PAGE).after(after)).await?;
            for document in page.documents {
                if prefix
                    .as_ref()
                    .is_some_and(|prefix| !document.key.starts_with(prefix.as_str()))
                {
                    return Ok(documents);
                }
                documents.push(document);
            }
            after = page.next;
            if after.is_none() {
                return Ok(documents);
            }
        }
    }
}

fn put(collection: Collection, key: String, expect: Expect, body: Vec<u8>) -> Change {
    Change::Put {
        collection,
        key,
        expect,
        body,
        indexes: Vec::new(),
    }
}
