//! `hanoi-ioc check`: configuration, city pack, and the tests of its rules, without touching any data.

mod hardening;

use crate::cli::ConfigArgs;
use crate::{city, settings};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folder of a city pack; without it the configured one.
    pack: Option<PathBuf>,
    /// Instead say what stands between these settings and operation at security level 3 or 4.
    #[arg(long, conflicts_with = "pack")]
    security: bool,
}

/// Prints the effective configuration and everything that is wrong with the pack; fails when anything is.
pub(crate) fn run(config: &ConfigArgs, args: &CheckArgs) -> Result<()> {
    let loaded = settings::load(config)?;
    if args.security {
        return hardening::run(&loaded.settings);
    }
    for (key, (value, source)) in &loaded.effective {
        println!("{key} = {value}    # {source}");
    }
    let dir = args.pack.as_ref().unwrap_or(&loaded.settings.instance.pack_dir);
    let found = city::find(dir)?;
    let (parsed, mut wrong) = city::check::check(&found.pack.files);
    wrong.extend(found.mistakes);
    wrong.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    println!(
        "pack: {} areas, {} profiles, {} rules with {} tests, {} standards, {} indicators, {} demo devices",
        parsed.areas.len(),
        parsed.profiles.len(),
        parsed.rules.len(),
        parsed.rules.iter().map(|rule| rule.tests.len()).sum::<usize>(),
        parsed.library.standards().all().count(),
        parsed.library.indicators().len(),
        parsed.demo_devices.len(),
    );
    for mistake in &wrong {
        eprintln!("{mistake}");
    }
    match wrong.len() {
        0 => Ok(()),
        count => bail!("{count} mistakes; mend them and check again"),
    }
}
