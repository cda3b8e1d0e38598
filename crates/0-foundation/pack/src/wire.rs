//! The forms of the API.

use crate::model::name::Kind;
use crate::model::{Applies, Change, Origin, State, Version};
use crate::service::view::{Conflict, Summary, Whole};
use chassis::yaml::Mistake;
use kernel::actor::ActorId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A version in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackVersion)]
pub struct VersionView {
    /// From 1, one more at each change of the item.
    pub version: u32,
    /// What it did.
    pub change: Change,
    /// Person id, or the part of the program.
    pub by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The pack, for what a pack did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<Origin>,
    /// For an overlay: the version of the base on which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<u32>,
    /// SHA-256 of its text, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its unified difference to the text that it took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// Its text, where one version is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// An item in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackItem)]
pub struct ItemView {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Path of its file inside a pack.
    pub file: String,
    /// How it stands.
    pub state: State,
    /// Its newest version; the ETag.
    pub version: u32,
    /// When a change of it counts.
    pub applies: Applies,
    /// What the pack brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<VersionView>,
    /// What a person put over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<VersionView>,
    /// Who changed it last.
    pub changed_by: String,
    /// And when.
    #[schema(format = DateTime)]
    pub changed_at: String,
}

/// All items.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackItemList)]
pub struct ItemList {
    /// The pack that the newest start with a new pack has laid.
    pub pack: Option<Origin>,
    /// By kind and id.
    pub items: Vec<ItemView>,
}

/// What waits for a choice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackConflict)]
pub struct ConflictView {
    /// The item.
    #[serde(flatten)]
    pub item: ItemView,
    /// What the newer pack changed.
    pub diff_base: String,
    /// What the person changed.
    pub diff_overlay: String,
    /// Both in one, if they touch different lines. It is never applied by itself.
    pub proposal: Option<String>,
}

/// All that waits for a choice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackConflictList)]
pub struct ConflictList {
    /// By kind and id.
    pub items: Vec<ConflictView>,
}

/// Both changes of a conflict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackChoice)]
pub struct Choice {
    /// What the newer pack changed.
    pub diff_base: String,
    /// What the person changed.
    pub diff_overlay: String,
    /// Both in one, if they touch different lines. It is never applied by itself.
    pub proposal: Option<String>,
}

/// One item with its texts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackItemWhole)]
pub struct ItemWhole {
    /// As in the list.
    #[serde(flatten)]
    pub item: ItemView,
    /// The text that counts; null when none does.
    pub text: Option<String>,
    /// The pack's text.
    pub base_text: Option<String>,
    /// The person's text.
    pub overlay_text: Option<String>,
    /// If it waits for a choice.
    pub conflict: Option<Choice>,
    /// All versions, newest first.
    pub versions: Vec<VersionView>,
}

/// What became of a change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackOutcome)]
pub struct Outcome {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// How it stands now.
    pub state: State,
    /// Its newest version; the ETag.
    pub version: u32,
    /// When the change counts.
    pub applies: Applies,
}

/// How a conflict is settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PackResolve)]
pub struct Resolve {
    /// Which text counts.
    pub take: Taken,
    /// The text, for `text`.
    #[serde(default)]
    pub text: Option<String>,
}

/// Which text counts after a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PackTake)]
pub enum Taken {
    /// The person's.
    Overlay,
    /// The newer pack's.
    Base,
    /// Another one, such as the proposal.
    Text,
}

/// What is wrong with a file, and what to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct MistakeView {
    /// Path of the file inside the pack.
    pub file: String,
    /// From 1; 0 when the place is not known.
    pub line: u64,
    /// From 1; 0 when the place is not known.
    pub column: u64,
    /// What was found.
    pub what: String,
    /// What is allowed, and what to do.
    pub remedy: String,
}

impl From<&Mistake> for MistakeView {
    fn from(mistake: &Mistake) -> Self {
        Self {
            file: mistake.file.clone(),
            line: mistake.line,
            column: mistake.column,
            what: mistake.what.clone(),
            remedy: mistake.advice.clone(),
        }
    }
}

impl From<&Version> for VersionView {
    fn from(version: &Version) -> Self {
        Self {
            version: version.number,
            change: version.change,
            by: id_of(&version.by),
            at: version.at.to_string(),
            pack: version.pack.clone(),
            on: version.on,
            sha256: version.sha256.clone(),
            diff: None,
            text: None,
        }
    }
}

impl ItemView {
    /// The form of a list.
    pub fn new(summary: &Summary, applies: Applies) -> Self {
        let item = &summary.item;
        Self {
            kind: item.name.kind,
            id: item.name.id().to_owned(),
            file: item.name.path(),
            state: item.state(),
            version: item.latest,
            applies,
            base: summary.base.as_ref().map(VersionView::from),
            overlay: summary.overlay.as_ref().map(|version| VersionView {
                // a person who has kept it stands it on a newer base than the one that it was written on
                on: item.overlay.and_then(|overlay| overlay.on),
                ..VersionView::from(version)
            }),
            changed_by: id_of(&summary.latest.by),
            changed_at: summary.latest.at.to_string(),
        }
    }
}

impl ConflictView {
    /// With both changes.
    pub fn new(summary: &Summary, conflict: Conflict, applies: Applies) -> Self {
        Self {
            item: ItemView::new(summary, applies),
            diff_base: conflict.by_pack,
            diff_overlay: conflict.by_person,
            proposal: conflict.proposal,
        }
    }
}

impl ItemWhole {
    /// With all texts and versions.
    pub fn new(whole: Whole, applies: Applies) -> Self {
        let Whole {
            summary,
            conflict,
            versions,
        } = whole;
        let text = |version: &Option<Version>| version.as_ref().and_then(|version| version.text.clone());
        let versions = versions.iter().map(|(version, diff)| VersionView {
            diff: Some(diff.clone()),
            ..VersionView::from(version)
        });
        Self {
            item: ItemView::new(&summary, applies),
            text: summary.text().map(str::to_owned),
            base_text: text(&summary.base),
            overlay_text: text(&summary.overlay),
            conflict: conflict.map(|conflict| Choice {
                diff_base: conflict.by_pack,
                diff_overlay: conflict.by_person,
                proposal: conflict.proposal,
            }),
            versions: versions.collect(),
        }
    }
}

/// A person by id, a part of the program by name.
fn id_of(actor: &ActorId) -> String {
    match actor {
        ActorId::Person(id) => id.to_string(),
        other => other.to_string(),
    }
}
