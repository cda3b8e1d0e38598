//! What a power cut leaves: of each file and folder anything between what was surely stored and what was there last.

use anyhow::{Context, Result};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::os::unix::fs::{DirEntryExt, FileExt, MetadataExt};
use std::path::Path;

/// What a disk writes at once.
const PAGE: usize = 4 << 10;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Thing {
    inode: u64,
    is_dir: bool,
}

type Names = BTreeMap<String, Thing>;

/// How much had not been synced, and how much of it was taken back.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Undone {
    pages: [u64; 2],
    names: [u64; 2],
}

impl std::ops::AddAssign for Undone {
    fn add_assign(&mut self, other: Self) {
        for at in 0..2 {
            self.pages[at] += other.pages[at];
            self.names[at] += other.names[at];
        }
    }
}

impl std::fmt::Display for Undone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ([open, pages], [changed, names]) = (self.pages, self.names);
        write!(f, "{pages} of {open} pages and {names} of {changed} names taken back")
    }
}

/// Declares everything below `data` durable and writes that into a fresh `side`, as the shim expects it.
pub(crate) fn prepare(data: &Path, side: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(side);
    for part in ["durable", "names", "live"] {
        fs::create_dir_all(side.join(part))?;
    }
    walk(data, &mut |path, inode, names| {
        let mut text = String::new();
        for (name, thing) in names {
            text.push_str(&format!(
                "{} {} {name}\n",
                thing.inode,
                if thing.is_dir { 'd' } else { 'f' }
            ));
            if !thing.is_dir {
                fs::copy(path.join(name), side.join("durable").join(thing.inode.to_string()))?;
                fs::hard_link(path.join(name), side.join("live").join(thing.inode.to_string()))?;
            }
        }
        Ok(fs::write(side.join("names").join(inode.to_string()), text)?)
    })
}

/// Goes through all folders; sockets and the like are passed over.
fn walk(dir: &Path, visit: &mut impl FnMut(&Path, u64, &Names) -> Result<()>) -> Result<()> {
    let mut names = Names::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() || kind.is_file() {
            let name = entry
                .file_name()
                .into_string()
                .ok()
                .context("a name that is not UTF-8")?;
            names.insert(
                name,
                Thing {
                    inode: entry.ino(),
                    is_dir: kind.is_dir(),
                },
            );
        }
    }
    visit(dir, fs::metadata(dir)?.ino(), &names)?;
    for (name, _) in names.iter().filter(|(_, thing)| thing.is_dir) {
        walk(&dir.join(name), visit)?;
    }
    Ok(())
}

/// Replaces `data` by what the cut leaves.
pub(crate) fn cut(data: &Path, side: &Path, dice: &mut StdRng) -> Result<Undone> {
    // some cuts lose all that they may, some nearly nothing
    let keep = [0.0, 0.5, 0.9][dice.random_range(0..3)];
    let mut undone = Undone::default();
    let root = fs::metadata(data)?.ino();
    let names = choose_names(data, side, keep, dice, &mut undone)?;
    let next = data.with_extension("next");
    let _ = fs::remove_dir_all(&next);
    let mut rebuild = Rebuild {
        side,
        names: &names,
        keep,
        dice,
        undone: &mut undone,
    };
    rebuild.dir(root, &next)?;
    fs::remove_dir_all(data)?;
    fs::rename(&next, data)?;
    Ok(undone)
}

/// The surely stored names of all folders.
fn durable_names(side: &Path) -> Result<HashMap<u64, Names>> {
    let mut all = HashMap::new();
    for entry in fs::read_dir(side.join("names"))? {
        let entry = entry?;
        // what was being written when the program was killed bears another name
        let Some(inode) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let mut names = Names::new();
        for line in fs::read_to_string(entry.path())?.lines() {
            let mut parts = line.splitn(3, ' ');
            let (inode, kind, name) = (parts.next(), parts.next(), parts.next());
            let inode = inode
                .and_then(|text| text.parse().ok())
                .context("a broken line of names")?;
            names.insert(
                name.context("a broken line of names")?.to_owned(),
                Thing {
                    inode,
                    is_dir: kind == Some("d"),
                },
            );
        }
        all.insert(inode, names);
    }
    Ok(all)
}

/// Chooses for each changed name the state before or after. Names that share a file (a renaming, a second name) change
/// together, as journalling file systems promise.
fn choose_names(
    data: &Path,
    side: &Path,
    keep: f64,
    dice: &mut StdRng,
    undone: &mut Undone,
) -> Result<HashMap<u64, Names>> {
    let before = durable_names(side)?;
    let mut after: HashMap<u64, Names> = HashMap::new();
    walk(data, &mut |_, inode, names| {
        after.insert(inode, names.clone());
        Ok(())
    })?;
    let none = Names::new();
    let mut changed = Vec::new();
    for folder in before
        .keys()
        .chain(after.keys().filter(|inode| !before.contains_key(inode)))
    {
        let (old, new) = (before.get(folder).unwrap_or(&none), after.get(folder).unwrap_or(&none));
        for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
            let (was, is) = (old.get(name).copied(), new.get(name).copied());
            if was != is {
                changed.push((*folder, name.clone(), was, is));
            }
        }
    }
    changed.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    // files that meet in one change belong to one group
    let mut leader: HashMap<u64, u64> = HashMap::new();
    for (_, _, was, is) in &changed {
        if let (Some(was), Some(is)) = (was, is) {
            let (a, b) = (find(&leader, was.inode), find(&leader, is.inode));
            leader.insert(a.max(b), a.min(b));
        }
    }
    let mut chosen = before;
    let mut coins: HashMap<u64, bool> = HashMap::new();
    for (folder, name, was, is) in changed {
        undone.names[0] += 1;
        let Some(thing) = is.or(was) else { continue };
        let group = find(&leader, thing.inode);
        if *coins.entry(group).or_insert_with(|| dice.random_bool(keep)) {
            let names = chosen.entry(folder).or_default();
            match is {
                Some(is) => drop(names.insert(name, is)),
                None => drop(names.remove(&name)),
            }
        } else {
            undone.names[1] += 1;
        }
    }
    Ok(chosen)
}

fn find(leader: &HashMap<u64, u64>, mut inode: u64) -> u64 {
    while let Some(next) = leader.get(&inode).filter(|next| **next != inode) {
        inode = *next;
    }
    inode
}

/// Writes the folder anew.
struct Rebuild<'a> {
    side: &'a Path,
    names: &'a HashMap<u64, Names>,
    keep: f64,
    dice: &'a mut StdRng,
    undone: &'a mut Undone,
}

impl Rebuild<'_> {
    fn dir(&mut self, inode: u64, to: &Path) -> Result<()> {
        fs::create_dir(to).with_context(|| format!("cannot make {}", to.display()))?;
        let names = self.names.get(&inode).cloned().unwrap_or_default();
        for (name, thing) in names {
            match thing.is_dir {
                true => self.dir(thing.inode, &to.join(name))?,
                false => self.file(thing.inode, &to.join(name))?,
            }
        }
        Ok(())
    }

    fn file(&mut self, inode: u64, to: &Path) -> Result<()> {
        let read = |part: &str| match fs::read(self.side.join(part).join(inode.to_string())) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other,
        };
        let (before, after) = (read("durable")?, read("live")?);
        let whole = before.len() == after.len() || self.dice.random_bool(self.keep);
        let length = if whole { after.len() } else { before.len() };
        let file = File::create_new(to)?;
        let zeros = [0; PAGE];
        for start in (0..length).step_by(PAGE) {
            let end = (start + PAGE).min(length);
            let page = |bytes: &[u8]| {
                let mut page = zeros;
                let there = bytes.get(start..end.min(bytes.len())).unwrap_or(&[]);
                page[..there.len()].copy_from_slice(there);
                page
            };
            let (old, mut new) = (page(&before), page(&after));
            if old != new {
                self.undone.pages[0] += 1;
                if !self.dice.random_bool(self.keep) {
                    new = old;
                    self.undone.pages[1] += 1;
                }
            }
            if new != zeros {
                file.write_all_at(&new[..end - start], start as u64)?;
            }
        }
        file.set_len(length as u64)?;
        let mode = fs::metadata(self.side.join("live").join(inode.to_string()))?.permissions();
        Ok(fs::set_permissions(to, mode)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn what_was_synced_stays_and_the_rest_is_one_of_both() {
        let dir = tempfile::tempdir().unwrap();
        let (data, side) = (dir.path().join("data"), dir.path().join("side"));
        let mut lost = [false; 2];
        for seed in 0..40 {
            let _ = fs::remove_dir_all(&data);
            fs::create_dir_all(data.join("sub")).unwrap();
            fs::write(data.join("sub/kept"), [1; 9_000]).unwrap();
            fs::write(data.join("old"), b"old").unwrap();
            prepare(&data, &side).unwrap();
            // without any sync: a page is changed, a name moves, a file appears
            let file = File::options().write(true).open(data.join("sub/kept")).unwrap();
            file.write_all_at(&[2; PAGE], PAGE as u64).unwrap();
            fs::rename(data.join("old"), data.join("new")).unwrap();
            cut(&data, &side, &mut StdRng::seed_from_u64(seed)).unwrap();
            let kept = fs::read(data.join("sub/kept")).unwrap();
            assert_eq!(kept.len(), 9_000);
            assert!(kept[..PAGE].iter().all(|byte| *byte == 1));
            assert!(kept[PAGE..2 * PAGE].iter().all(|byte| *byte == kept[PAGE]));
            assert!(
                data.join("old").exists() != data.join("new").exists(),
                "a renaming is whole or not at all"
            );
            lost[0] |= kept[PAGE] == 1;
            lost[1] |= kept[PAGE] == 2;
        }
        assert_eq!(lost, [true, true]);
    }
}
