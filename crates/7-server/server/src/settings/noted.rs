//! What the history of settings is told at a start: every value, the file, and who started the program.

use anyhow::{Context, Result};
use audit::model::Outcome;
use audit::store::{Access, AuditLog};
use chassis::config::Source;
use kernel::actor::ActorId;
use setting::model::{ConfigFile, Held, Settings, Starter};
use setting::service::SettingHistory;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The act, as the trail calls it.
const CHANGED: &str = "setting.changed";

/// Every value as it is written, with its source; and the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted {
    values: Settings,
    file: Option<PathBuf>,
}

impl Noted {
    pub(super) fn new(effective: &BTreeMap<String, (String, Source)>, file: Option<&Path>) -> Self {
        let held = |(key, (value, source)): (&String, &(String, Source))| {
            let (value, source) = (value.clone(), source.to_string());
            (key.clone(), Held { value, source })
        };
        Self {
            values: effective.iter().map(held).collect(),
            file: file.map(Path::to_owned),
        }
    }

    /// Says that a value was put in the place of the configured one.
    pub(crate) fn set(&mut self, key: &str, value: &str, source: &str) {
        let (value, source) = (value.to_owned(), source.to_owned());
        self.values.insert(key.to_owned(), Held { value, source });
    }

    /// Writes a version into the history, and a record into the trail, if anything is other than at the start before.
    pub(crate) async fn note(&self, history: &SettingHistory, audit: &AuditLog) -> Result<()> {
        let (settings, by) = self.told();
        let noted = history.note(settings, by).await.context("settings cannot be noted")?;
        let Some(version) = noted else { return Ok(()) };
        let keys: Vec<&str> = version.changes.iter().map(|change| change.key.as_str()).collect();
        let keys = keys.join(" ");
        tracing::info!(
            version = version.number,
            keys,
            "started with other settings than before"
        );
        let access = Access {
            actor: ActorId::Service("setting".to_owned()),
            act: CHANGED.to_owned(),
            target: version.number.to_string(),
            outcome: Outcome::Allowed,
            from: String::new(),
            detail: BTreeMap::from([
                ("uid".to_owned(), version.by.uid.to_string()),
                ("keys".to_owned(), keys.chars().take(1_000).collect()),
            ]),
        };
        // a trail that takes nothing says so by itself, and nobody is let in then; the version stands in the records
        if let Err(error) = audit.write(access).await {
            tracing::error!(%error, "changed settings cannot be written into the audit log");
        }
        Ok(())
    }

    /// All values, and who started the program with them.
    fn told(&self) -> (Settings, Starter) {
        let names = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let uid = crate::control::own_uid().unwrap_or(u32::MAX);
        let starter = Starter {
            uid,
            account: name_of(&names, uid),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            file: self.file.as_deref().and_then(|path| file(path, &names)),
        };
        (self.values.clone(), starter)
    }
}

fn file(path: &Path, names: &str) -> Option<ConfigFile> {
    let found = std::fs::metadata(path).ok()?;
    Some(ConfigFile {
        path: path.display().to_string(),
        owner_uid: found.uid(),
        owner: name_of(names, found.uid()),
        written: kernel::time::Timestamp::from_seconds(found.mtime()),
    })
}

/// The name of an account of the operating system, from its list (passwd(5)).
fn name_of(names: &str, uid: u32) -> Option<String> {
    let mut lines = names.lines().map(|line| line.split(':'));
    lines.find_map(|mut fields| {
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_their_number() {
        let names = "root:x:0:0:root:/:/bin/sh\nnonsense\nioc:x:998:998::/var/lib/ioc:/bin/false\n";
        for (uid, name) in [(0, Some("root")), (998, Some("ioc")), (99, None)] {
            assert_eq!(name_of(names, uid).as_deref(), name);
        }
    }

    #[test]
    fn the_file_is_told_with_its_owner_and_what_was_put_over_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.toml");
        std::fs::write(&path, "").unwrap();
        let effective = BTreeMap::from([("a".to_owned(), ("1".to_owned(), Source::Default))]);
        let mut noted = Noted::new(&effective, Some(&path));
        noted.set("a", "2", "demo");
        let (values, by) = noted.told();
        assert_eq!((values["a"].value.as_str(), values["a"].source.as_str()), ("2", "demo"));
        let file = by.file.unwrap();
        assert_eq!((file.path, file.owner_uid), (path.display().to_string(), by.uid));
        assert!(file.written.micros() > 0);
    }
}
