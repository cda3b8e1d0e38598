//! `hanoi-ioc demo --storm`: a past storm on a scaled clock, in a data directory of its own.

#[cfg(test)]
mod played;

use crate::assemble;
use crate::city;
use crate::clocks::Clocks;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use chassis::scaled::Scaling;
use kernel::time::Timestamp;
use simulator::storm::Storm;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// Where a storm keeps its data unless told otherwise.
pub(crate) const DATA_DIR: &str = ".demo-storm";
/// Stands in a directory of storms: each run begins anew there.
const MARK: &str = "storm.txt";
const BEFORE_PEAK: Duration = Duration::from_secs(3_600);

/// A storm that is about to be played.
#[derive(Debug)]
pub(crate) struct Staged {
    pub(crate) storm: Storm,
    pub(crate) scaling: Scaling,
    pub(crate) clocks: Clocks,
}

/// Chooses the storm, empties its directory of the last run, and starts its clock.
pub(crate) fn stage(settings: &Settings, from: Option<&str>, scale: f64) -> Result<Staged> {
    let pack = city::parse(&city::find(&settings.instance.pack_dir)?.pack.files);
    let mut storms = pack.storms;
    let Some(storm) = storms.pop() else {
        bail!("the city pack has no storm; a file such as demo/storm-2025-08.yaml tells one");
    };
    let begin = match from {
        Some(text) => Timestamp::parse(text)?,
        None => storm.peak.minus(BEFORE_PEAK),
    };
    if begin < storm.from || begin > storm.until() {
        bail!(
            "--from {begin} lies outside of the storm; it lasts from {} to {}",
            storm.from,
            storm.until()
        );
    }
    empty(&settings.instance.data_dir)?;
    let scaling = Scaling::from_now(begin, scale)?;
    let clocks = Clocks::scaled(scaling, &storm.label.vi);
    Ok(Staged { storm, scaling, clocks })
}

/// Removes the data of the last run, and nothing that is not a storm's: virtual time begins anew each time, and data of
/// later virtual times would be in its way. Keys and certificates stay.
fn empty(dir: &Path) -> Result<()> {
    let (tenants, mark) = (dir.join("tenants"), dir.join(MARK));
    if tenants.exists() {
        if !mark.exists() {
            bail!(
                "{} holds the data of another instance; a storm begins with an empty directory of its own, name one with --data-dir",
                dir.display()
            );
        }
        // the lock of a running instance is held until it ends
        let lock = File::open(assemble::tenant_dir(dir).join("lock"));
        if let Ok(lock) = &lock
            && let Err(TryLockError::WouldBlock) = lock.try_lock()
        {
            bail!(
                "another storm is played in {}; end it, or name another --data-dir",
                dir.display()
            );
        }
        std::fs::remove_dir_all(&tenants).with_context(|| format!("cannot empty {}", tenants.display()))?;
        drop(lock);
        let _ = std::fs::remove_file(dir.join("first-account.txt"));
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let note = "Dữ liệu của một trận bão tái dựng; mỗi lần chạy bắt đầu lại. / Data of a reconstructed storm; each run begins anew.\n";
    std::fs::write(&mark, note).with_context(|| format!("cannot write {}", mark.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(dir: &Path) -> Settings {
        let args = crate::cli::ConfigArgs {
            config: None,
            data_dir: Some(dir.to_owned()),
        };
        crate::settings::load(&args).unwrap().settings
    }

    #[test]
    fn a_storm_begins_an_hour_before_its_peak_and_is_labelled() {
        let dir = tempfile::tempdir().unwrap();
        let staged = stage(&settings(dir.path()), None, 60.0).unwrap();
        assert_eq!(staged.scaling.at.plus(BEFORE_PEAK), staged.storm.peak);
        assert_eq!(staged.clocks.scaled.unwrap().label, "tái dựng");
        let (begun, wall) = (staged.clocks.clock.now(), staged.clocks.wall.now());
        assert!(begun >= staged.scaling.at && wall.since(begun) > Duration::from_secs(86_400));
        let noon = stage(&settings(dir.path()), Some("2025-08-25T12:00:00+07:00"), 60.0).unwrap();
        assert_eq!(noon.scaling.at, Timestamp::parse("2025-08-25T05:00:00Z").unwrap());
        for (from, scale, said) in [
            (Some("2026-01-01T00:00:00Z"), 60.0, "outside of the storm"),
            (Some("hôm qua"), 60.0, "RFC 3339"),
            (None, 0.0, "0.1 to 3600"),
        ] {
            let error = stage(&settings(dir.path()), from, scale).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn only_a_directory_of_storms_is_emptied_and_never_one_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let tenant = assemble::tenant_dir(dir.path());
        std::fs::create_dir_all(&tenant).unwrap();
        std::fs::write(tenant.join("lock"), "").unwrap();
        let error = empty(dir.path()).unwrap_err().to_string();
        assert!(error.contains("another instance") && tenant.exists(), "{error}");

        std::fs::write(dir.path().join(MARK), "").unwrap();
        let lock = File::open(tenant.join("lock")).unwrap();
        lock.try_lock().unwrap();
        let error = empty(dir.path()).unwrap_err().to_string();
        assert!(error.contains("another storm") && tenant.exists(), "{error}");
        drop(lock);

        std::fs::create_dir_all(dir.path().join("keys")).unwrap();
        empty(dir.path()).unwrap();
        assert!(!tenant.exists() && dir.path().join("keys").exists());
        empty(dir.path()).unwrap();
    }
}
