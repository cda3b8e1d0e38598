//! What a new slice is called and where it stands; every reason to refuse it is found here, before anything is written.

use crate::tidy::layers::Layers;
use crate::tidy::names::EMPTY;
use crate::tidy::packages::Packages;
use anyhow::{Result, bail};

/// Longest name.
const LONGEST: usize = 24;
/// Words that Rust or cargo keep for themselves.
const KEPT: [&str; 52] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "move",
    "mut",
    "override",
    "priv",
    "proc",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "while",
];
/// Types that the templates use by their bare names, so that a slice of that name would clash with them.
const USED: [&str; 28] = [
    "actor",
    "asked",
    "body",
    "change",
    "classification",
    "clock",
    "collection",
    "condition",
    "deed",
    "document",
    "fact",
    "happened",
    "index",
    "json",
    "kind",
    "ok",
    "page",
    "path",
    "problem",
    "query",
    "records",
    "result",
    "state",
    "stored",
    "timestamp",
    "transaction",
    "witness",
    "written",
];

/// A slice that may be written.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The crate's name: one plain word.
    pub(crate) name: String,
    /// Its floor.
    pub(crate) floor: u8,
    /// Its folder from the root.
    pub(crate) folder: String,
}

impl Plan {
    /// Checks name and floor against the house.
    pub(crate) fn new(name: &str, floor: u8, layers: &Layers, packages: &Packages) -> Result<Self> {
        check_word(name, layers)?;
        if let Some(member) = packages.member(name) {
            bail!(
                "the crate {name} exists already, in {}; take another word",
                member.folder
            );
        }
        if packages.foreign.contains(name) {
            bail!("a dependency is called {name} already; take another plain word");
        }
        if layers.is_engine(name) {
            bail!("layers.toml keeps {name} for an engine; take another word");
        }
        let Some(stands) = layers
            .floor
            .iter()
            .find(|f| f.number == floor && is_for_slices(layers, floor))
        else {
            let floors = layers.floor.iter().filter(|f| is_for_slices(layers, f.number));
            let floors: Vec<_> = floors.map(|f| format!("{} ({})", f.number, f.folder)).collect();
            bail!("floor {floor} holds no slices; slices stand on {}", floors.join(", "));
        };
        if let Some((listed, _)) = layers.place(name).filter(|(listed, _)| *listed != floor) {
            bail!(
                "layers.toml has a place for {name} on floor {listed}; say --floor {listed}, or change layers.toml first"
            );
        }
        Ok(Self {
            name: name.to_owned(),
            floor,
            folder: format!("crates/{}/{name}", stands.folder),
        })
    }

    /// Puts the names into a template.
    pub(crate) fn fill(&self, template: &str) -> String {
        let many = plural(&self.name);
        template
            .replace("__names__", &many)
            .replace("__Names__", &capital(&many))
            .replace("__NAMES__", &many.to_uppercase())
            .replace("__name__", &self.name)
            .replace("__Name__", &capital(&self.name))
    }
}

fn is_for_slices(layers: &Layers, floor: u8) -> bool {
    layers.slices.floors.contains(&floor)
}

/// One plain word of the domain, in small letters, that means something and is not taken by Rust or by the templates.
fn check_word(name: &str, layers: &Layers) -> Result<()> {
    let letters = name.bytes().all(|b| b.is_ascii_lowercase());
    if !letters || !(2..=LONGEST).contains(&name.len()) {
        bail!(
            "'{name}' is no name of a crate here; take one plain word of the domain, 2 to {LONGEST} small letters a-z"
        );
    }
    if EMPTY.contains(&name) {
        bail!("the name {name} says nothing; take the word of the domain");
    }
    if KEPT.contains(&name) || USED.contains(&name) || layers.slices.files.iter().any(|file| file == name) {
        bail!("{name} has a meaning in Rust or inside every slice already; take another word of the domain");
    }
    Ok(())
}

/// Most English words; what it gets wrong is changed by hand.
fn plural(name: &str) -> String {
    let before = name.trim_end_matches('y').chars().next_back();
    if name.ends_with('y') && before.is_some_and(|c| !"aeiou".contains(c)) {
        return format!("{}ies", &name[..name.len() - 1]);
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|ending| name.ends_with(ending));
    format!("{name}{}", if hisses { "es" } else { "s" })
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{Plan, plural};
    use crate::tidy::layers::own;
    use crate::tidy::packages::{Member, Packages};

    fn house() -> Packages {
        let member = Member {
            name: "alert".into(),
            folder: "crates/6-applications/alert".into(),
            imports: Vec::new(),
        };
        Packages {
            members: vec![member],
            foreign: ["serde".to_owned()].into(),
        }
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_remedy() {
        for (name, floor, says) in [
            ("Notice", 6, "2 to 24 small letters"),
            ("two-words", 6, "one plain word"),
            ("two_words", 6, "one plain word"),
            ("../x", 6, "one plain word"),
            ("", 6, "one plain word"),
            ("cảnh", 6, "one plain word"),
            ("a", 6, "one plain word"),
            ("abcdefghijklmnopqrstuvwxy", 6, "one plain word"),
            ("shared", 6, "says nothing"),
            ("match", 6, "has a meaning in Rust"),
            ("store", 6, "inside every slice"),
            ("witness", 6, "inside every slice"),
            ("alert", 6, "exists already, in crates/6-applications/alert"),
            ("serde", 6, "a dependency is called serde"),
            ("cluster", 6, "for an engine"),
            (
                "flood",
                9,
                "floor 9 holds no slices; slices stand on 2 (2-management), 3 (3-integration)",
            ),
            ("flood", 1, "floor 1 holds no slices"),
            ("flood", 7, "floor 7 holds no slices"),
            ("notice", 5, "on floor 6; say --floor 6"),
        ] {
            let error = Plan::new(name, floor, &own(), &house()).unwrap_err().to_string();
            assert!(error.contains(says), "{name} {floor}: {error}");
        }
    }

    #[test]
    fn a_good_word_gets_its_folder_and_fills_the_templates() {
        let plan = Plan::new("party", 6, &own(), &house()).unwrap();
        assert_eq!(plan.folder, "crates/6-applications/party");
        assert_eq!(
            plan.fill("__name__ __names__ __Name__ __Names__ __NAMES__ open___name__"),
            "party parties Party Parties PARTIES open_party"
        );
    }

    #[test]
    fn words_are_made_many() {
        for (one, many) in [
            ("notice", "notices"),
            ("survey", "surveys"),
            ("bus", "buses"),
            ("box", "boxes"),
        ] {
            assert_eq!(plural(one), many);
        }
    }
}
