//! `hanoi-ioc check`: configuration, city pack, and the tests of its rules, without touching any data.

use crate::cli::ConfigArgs;
use crate::{pack, settings};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folder of a city pack; without it the configured one.
    pack: Option<PathBuf>,
}

/// Prints the effective configuration and what is wrong; fails when anything is.
pub(crate) fn run(config: &ConfigArgs, args: &CheckArgs) -> Result<()> {
    let loaded = settings::load(config)?;
    for (key, (value, source)) in &loaded.effective {
        println!("{key} = {value}    # {source}");
    }
    let dir = args.pack.as_ref().unwrap_or(&loaded.settings.instance.pack_dir);
    let parsed = pack::parse(&pack::files(dir)?);
    let mut wrong = parsed.mistakes;
    let mut tests = 0;
    for rule in &parsed.rules {
        tests += rule.tests.len();
        wrong.extend(
            rule::virtual_time::run_tests(rule)
                .iter()
                .map(|failure| format!("rules/{}.yaml: {failure}", rule.id)),
        );
    }
    let devices = parsed.demo_devices.len();
    println!(
        "pack: {} areas, {} profiles, {} rules with {tests} tests, {} standards, {} indicators, {devices} demo devices",
        parsed.areas.len(),
        parsed.profiles.len(),
        parsed.rules.len(),
        parsed.library.standards().all().count(),
        parsed.library.indicators().len(),
    );
    for mistake in &wrong {
        eprintln!("{mistake}");
    }
    match wrong.len() {
        0 => Ok(()),
        count => bail!("{count} mistakes; mend them and check again"),
    }
}
