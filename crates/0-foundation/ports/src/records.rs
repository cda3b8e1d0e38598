//! Versioned documents by key, with declared indexes, and transactions that also publish facts and move a cursor.

use crate::error::Result;
use crate::query::{After, Index, IndexValue, Query};
use async_trait::async_trait;
use kernel::fact::Fact;
use std::fmt;

/// A kind of document: its name and its indexes. Slices declare these as constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Lower case, unique in the house.
    pub name: &'static str,
    /// What can be asked.
    pub indexes: &'static [Index],
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its key inside the collection.
    pub key: String,
    /// 1 at its creation, one more at each change.
    pub version: u64,
    /// JSON, as the slice wrote it.
    pub body: Vec<u8>,
}

/// What must be true of a document before it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It does not exist.
    Absent,
    /// It is at this version.
    Version(u64),
    /// Whatever it is; for documents with one writer.
    Any,
}

impl Expect {
    /// What was read at this version and may not have changed since; 0: it was not there.
    pub const fn since(version: u64) -> Self {
        match version {
            0 => Self::Absent,
            version => Self::Version(version),
        }
    }
}

/// One change in a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Writes a document with all its index values.
    Put {
        /// Where.
        collection: Collection,
        /// Which.
        key: String,
        /// Compare before set.
        expect: Expect,
        /// JSON.
        body: Vec<u8>,
        /// What it says to each index.
        indexes: Vec<(&'static str, IndexValue)>,
    },
    /// Removes a document and its index entries.
    Delete {
        /// Where.
        collection: Collection,
        /// Which.
        key: String,
        /// Compare before removal.
        expect: Expect,
    },
}

/// All or nothing: documents, facts and a cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transaction {
    /// Documents.
    pub changes: Vec<Change>,
    /// Facts for the journal, in this order; one whose id is there already is passed over.
    pub facts: Vec<Fact>,
    /// Consumer and the last journal number that it has worked off (SEMANTICS 20).
    pub cursor: Option<(String, u64)>,
}

/// What a transaction did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// New version of each put, 0 for each delete, in the order of the changes.
    pub versions: Vec<u64>,
    /// Journal number of the last new fact, if one was new.
    pub journal: Option<u64>,
}

/// One page of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The documents.
    pub documents: Vec<Document>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<After>,
}

/// Documents of one tenant.
#[async_trait]
pub trait Records: Send + Sync + fmt::Debug {
    /// One document.
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>>;

    /// One page.
    async fn query(&self, collection: Collection, query: Query) -> Result<Page>;

    /// How many documents satisfy all conditions; order, begin and limit are ignored.
    async fn count(&self, collection: Collection, query: Query) -> Result<u64>;

    /// Durable when it answers. A failed expectation leaves nothing behind. The transaction is never cancelled by
    /// dropping the future.
    async fn commit(&self, transaction: Transaction) -> Result<Committed>;
}
