//! The nouns: items of a pack, their versions, and where a text came from.

pub mod name;

use kernel::actor::ActorId;
use kernel::time::Timestamp;
use name::Name;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Files of a pack by their path inside it, with `/` between folders.
pub type Files = BTreeMap<String, String>;

/// Longest text of one item, in bytes.
pub const MAX_TEXT: usize = 4 << 20;

/// A pack as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// What people call it: the program's own with its version, or the name of a folder.
    pub name: String,
    /// Its files. Those that are no item are passed over.
    pub files: Files,
}

impl Incoming {
    /// Where its texts come from.
    pub fn origin(&self) -> Origin {
        let mut hash = Sha256::new();
        for (path, text) in &self.files {
            for part in [path, text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        Origin {
            name: self.name.clone(),
            sha256: hex(&hash.finalize()),
        }
    }

    /// Its items.
    pub fn items(&self) -> BTreeMap<Name, &str> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((Name::of_path(path)?, text.as_str())))
            .collect()
    }
}

/// The pack that brought a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PackOrigin)]
pub struct Origin {
    /// What people call it.
    pub name: String,
    /// SHA-256 of all its files, in hexadecimal.
    pub sha256: String,
}

/// What a version did to its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PackChange)]
pub enum Change {
    /// A pack brought this text.
    Base,
    /// A pack came without the item.
    BaseGone,
    /// A person put this text over the base.
    Overlay,
    /// A person let the base count again.
    OverlayGone,
    /// A person chose the overlay over the newer base.
    Kept,
}

/// One version of an item. It is written once and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// From 1, one more at each change of the item.
    pub number: u32,
    /// What it did.
    pub change: Change,
    /// The text, if the change brought one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// SHA-256 of the text, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The pack, for what a pack did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<Origin>,
    /// For an overlay: the version of the base on which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<u32>,
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// The text of a person over a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// The version that brought it.
    pub version: u32,
    /// The version of the base that the person had before them; absent when there was none.
    pub on: Option<u32>,
}

/// One file of the pack, as far as it is known without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Kind and id.
    pub name: Name,
    /// The version of its base; absent while no pack has it.
    pub base: Option<u32>,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// The newest version; the ETag of the API.
    pub latest: u32,
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PackItemState)]
pub enum State {
    /// The base counts.
    Base,
    /// A person's text counts.
    Overlay,
    /// A person's text counts, and a newer base waits for a choice.
    Conflict,
    /// Nothing counts: no pack has it and nobody has put a text there.
    Absent,
}

impl Item {
    /// How it stands.
    pub fn state(&self) -> State {
        match self.overlay {
            Some(overlay) if overlay.on != self.base => State::Conflict,
            Some(_) => State::Overlay,
            None if self.base.is_some() => State::Base,
            None => State::Absent,
        }
    }

    /// The version whose text counts.
    pub fn effective(&self) -> Option<u32> {
        self.overlay.map(|overlay| overlay.version).or(self.base)
    }
}

/// When a change of an item counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PackApplies)]
pub enum Applies {
    /// At once.
    Now,
    /// At the next start of the program.
    Restart,
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_follows_from_base_and_overlay() {
        let item = |base, overlay: Option<(u32, Option<u32>)>| Item {
            name: Name::of_path("orgs.yaml").unwrap(),
            base,
            overlay: overlay.map(|(version, on)| Overlay { version, on }),
            latest: 9,
        };
        for (item, state, effective) in [
            (item(None, None), State::Absent, None),
            (item(Some(1), None), State::Base, Some(1)),
            (item(Some(1), Some((2, Some(1)))), State::Overlay, Some(2)),
            (item(None, Some((2, None))), State::Overlay, Some(2)),
            (item(Some(3), Some((2, Some(1)))), State::Conflict, Some(2)),
            (item(None, Some((2, Some(1)))), State::Conflict, Some(2)),
            (item(Some(3), Some((2, None))), State::Conflict, Some(2)),
        ] {
            assert_eq!((item.state(), item.effective()), (state, effective), "{item:?}");
        }
    }

    #[test]
    fn one_changed_byte_or_a_moved_border_is_another_pack() {
        let pack = |files: &[(&str, &str)]| {
            let files = files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
            Incoming {
                name: "a".into(),
                files: files.collect(),
            }
            .origin()
            .sha256
        };
        assert_eq!(pack(&[("a", "b")]), pack(&[("a", "b")]));
        assert_ne!(pack(&[("a", "b")]), pack(&[("a", "c")]));
        assert_ne!(pack(&[("a", "bc")]), pack(&[("ab", "c")]));
    }
}
