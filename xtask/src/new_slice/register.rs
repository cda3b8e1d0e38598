//! Where the workspace learns of a new slice: one line in the root `Cargo.toml`, one word in `layers.toml`.

use super::plan::Plan;
use crate::tidy::layers::Layers;
use anyhow::{Context, Result};

/// `Cargo.toml` with the crate among our own, after the last one of its floor or below.
pub(crate) fn dependency(manifest: &str, plan: &Plan, layers: &Layers) -> Result<String> {
    let up_to = layers.floor.iter().filter(|floor| floor.number <= plan.floor);
    let folders: Vec<String> = up_to
        .map(|floor| format!("{{ path = \"crates/{}/", floor.folder))
        .collect();
    let mut lines: Vec<&str> = manifest.lines().collect();
    let last = lines
        .iter()
        .rposition(|line| folders.iter().any(|folder| line.contains(folder.as_str())))
        .context("Cargo.toml lists none of our own crates under [workspace.dependencies]; put them back")?;
    let line = format!("{} = {{ path = \"{}\" }}", plan.name, plan.folder);
    lines.insert(last + 1, &line);
    Ok(lines.join("\n") + "\n")
}

/// `layers.toml` with the crate as the last one of its floor.
pub(crate) fn place(layers: &str, plan: &Plan) -> Result<String> {
    let number = format!("number = {}", plan.floor);
    let mut lines: Vec<String> = layers.lines().map(str::to_owned).collect();
    let floor = lines.iter().position(|line| line.trim() == number);
    let list = floor.and_then(|from| {
        let after = lines[from..].iter().position(|line| line.starts_with("crates = ["))?;
        Some(from + after)
    });
    let list = list.filter(|at| lines[*at].trim_end().ends_with(']'));
    let at = list.with_context(|| {
        format!(
            "layers.toml has no `crates = [...]` in one line below `{number}`; write {} in by hand",
            plan.name
        )
    })?;
    let open = lines[at].trim_end().trim_end_matches(']').to_owned();
    let comma = if open.trim_end().ends_with('[') { "" } else { ", " };
    lines[at] = format!("{open}{comma}\"{}\"]", plan.name);
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::{dependency, place};
    use crate::new_slice::plan::Plan;
    use crate::tidy::layers::{Layers, own};

    fn plan(name: &str, floor: u8, folder: &str) -> Plan {
        Plan {
            name: name.into(),
            floor,
            folder: format!("crates/{folder}/{name}"),
        }
    }

    #[test]
    fn the_manifest_gets_one_line_in_its_place() {
        let manifest = include_str!("../../../Cargo.toml");
        let new = dependency(manifest, &plan("trial", 5, "5-intelligence"), &own()).unwrap();
        let lines: Vec<&str> = new.lines().collect();
        let at = lines.iter().position(|line| line.starts_with("trial = ")).unwrap();
        assert_eq!(lines[at], "trial = { path = \"crates/5-intelligence/trial\" }");
        assert!(lines[at - 1].contains("crates/5-intelligence/"), "{}", lines[at - 1]);
        assert_eq!(lines.len(), manifest.lines().count() + 1);
    }

    #[test]
    fn layers_get_one_word_and_still_read() {
        let text = include_str!("../../../layers.toml");
        let new = place(text, &plan("trial", 4, "4-lakehouse")).unwrap();
        let folder = Layers::parse(&new).unwrap().folder("trial");
        assert_eq!(folder.as_deref(), Some("crates/4-lakehouse/trial"));
        assert!(place("[[floor]]\nnumber = 4\n", &plan("trial", 4, "4-lakehouse")).is_err());
    }
}
