//! `cargo xtask new-adr "title"`: the next record of a decision, from the template.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use std::fs;

/// Where the records are.
const FOLDER: &str = "docs/adr";

/// Writes the file and prints its path.
pub(crate) fn run(repo: &Repo, title: &str) -> Result<()> {
    let folder = repo.path(FOLDER);
    let template =
        fs::read_to_string(folder.join("0000-template.md")).context("docs/adr/0000-template.md is missing")?;
    let names = fs::read_dir(&folder)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let next = names
        .filter_map(|name| name.get(..4)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0)
        + 1;
    let slug = slug(title);
    if slug.is_empty() {
        bail!("the title has no letters; say in a few words what is decided");
    }
    let name = format!("{next:04}-{slug}.md");
    fs::write(
        folder.join(&name),
        template.replace("0000. Title", &format!("{next:04}. {title}")),
    )?;
    println!("{FOLDER}/{name}");
    Ok(())
}

/// Lower-case ASCII words joined by hyphens.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_title_becomes_a_file_name() {
        assert_eq!(
            slug("Own MQTT sessions, not a broker"),
            "own-mqtt-sessions-not-a-broker"
        );
        assert_eq!(slug("..."), "");
    }
}
