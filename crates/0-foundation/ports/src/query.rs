//! What can be asked of a collection: conditions over declared indexes, one order, one page.

use kernel::place::Bounds;

/// An index that a collection declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name, unique within the collection.
    pub name: &'static str,
    /// What it can answer.
    pub kind: IndexKind,
}

/// What an index can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// Equality with a text; a document may have several values.
    Equal,
    /// Order and ranges over an integer; a document has at most one value.
    Range,
    /// All folded tokens begin with the asked ones (SEMANTICS 37).
    Text,
    /// Bounding boxes that touch.
    Place,
}

/// What one document says to one index.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexValue {
    /// For [`IndexKind::Equal`].
    Equal(String),
    /// For [`IndexKind::Range`].
    Range(i64),
    /// For [`IndexKind::Text`]: the text as people write it; the engine folds and splits it.
    Text(String),
    /// For [`IndexKind::Place`].
    Place(Bounds),
}

/// One condition; all conditions of a query must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The index has one of these values.
    AnyOf(&'static str, Vec<String>),
    /// `from <= value < to`; an absent end is open.
    Between(&'static str, Option<i64>, Option<i64>),
    /// Every word of the text begins some word of the document.
    Words(&'static str, String),
    /// The boxes touch.
    Touches(&'static str, Bounds),
}

impl Condition {
    /// The index has one of these values, as they are written.
    pub fn any_of<T: ToString>(index: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        Self::AnyOf(index, values.into_iter().map(|value| value.to_string()).collect())
    }
}

/// By what a page is ordered; ties are broken by key, in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By key, ascending.
    Key,
    /// By a range index, smallest first; documents without a value are left out.
    Ascending(&'static str),
    /// By a range index, largest first; documents without a value are left out.
    Descending(&'static str),
}

/// The last document of the page before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its value in the ordering index; ignored for [`Order::Key`].
    pub value: i64,
    /// Its key.
    pub key: String,
}

/// A question to one collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// Order of the page.
    pub order: Order,
    /// Where the page begins.
    pub after: Option<After>,
    /// Size of the page, 1 to 1,000.
    pub limit: usize,
}

impl Query {
    /// Everything, by key.
    pub fn all(limit: usize) -> Self {
        Self {
            conditions: Vec::new(),
            order: Order::Key,
            after: None,
            limit,
        }
    }
    /// Adds a condition.
    #[must_use]
    pub fn with(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }
    /// Sets the order.
    #[must_use]
    pub fn by(mut self, order: Order) -> Self {
        self.order = order;
        self
    }
    /// Sets the beginning.
    #[must_use]
    pub fn after(mut self, after: Option<After>) -> Self {
        self.after = after;
        self
    }
}
