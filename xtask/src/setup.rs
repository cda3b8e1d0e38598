//! `cargo xtask setup`: installs or finds what the console, the tests and the demo need, and says what it installs.

pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod system;

use crate::repo::Repo;
use anyhow::Result;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{fs, io};

/// How much is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Node and the console's packages.
    Console,
    /// Also Chromium, mosquitto and paho-mqtt.
    Tests,
}

/// Sets up; everything that is there already is left alone.
pub(crate) fn run(repo: &Repo, need: Need) -> Result<()> {
    fs::create_dir_all(repo.path(crate::run::SETUP).join("bin"))?;
    node::install(repo)?;
    if need == Need::Tests {
        system::install(repo)?;
        python::install(repo)?;
    }
    if repo.path("web/package-lock.json").is_file() {
        node::packages(repo)?;
    }
    Ok(())
}

/// A number that changes when one of the files changes.
pub(crate) fn fingerprint(root: &Path, paths: &[String]) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        path.hash(&mut hasher);
        fs::read(root.join(path))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether a stamp in `.setup` still says this.
pub(crate) fn fresh(repo: &Repo, stamp: &str, says: &str) -> bool {
    fs::read_to_string(repo.path(crate::run::SETUP).join(stamp)).is_ok_and(|old| old == says)
}

/// Writes a stamp.
pub(crate) fn stamp(repo: &Repo, stamp: &str, says: &str) -> Result<()> {
    let folder = repo.path(crate::run::SETUP);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(stamp), says)?)
}

#[cfg(test)]
mod tests {
    use super::fingerprint;
    use std::{env, fs};

    #[test]
    fn the_fingerprint_follows_names_and_contents() {
        let dir = env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let of =
            |names: &[&str]| fingerprint(&dir, &names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
        fs::write(dir.join("a"), "1").unwrap();
        fs::write(dir.join("b"), "1").unwrap();
        let first = of(&["a"]);
        assert_eq!(first, of(&["a"]));
        assert_ne!(first, of(&["b"]));
        fs::write(dir.join("a"), "2").unwrap();
        assert_ne!(first, of(&["a"]));
        fs::remove_dir_all(&dir).unwrap();
    }
}
