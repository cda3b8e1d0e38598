//! `hanoi-ioc load-pack`: a pack folder, or the pack inside the program, compared with what counts and taken.

use super::check::check;
use super::find;
use crate::control::{self, Request};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use clap::Args;
use pack::decide::Outcome;
use pack::error::PackError;
use pack::service::Packs;
use pack::service::upgrade::Report;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct LoadPackArgs {
    /// The folder; `hanoi-ioc check DIR` says beforehand whether it is right.
    #[arg(required_unless_present = "inside")]
    from: Option<PathBuf>,
    /// Take the pack inside the program.
    #[arg(long, conflicts_with = "from")]
    inside: bool,
    /// Only print what would happen to each file that is not unchanged.
    #[arg(long)]
    dry_run: bool,
}

/// Asks the running instance. What is taken counts at once, as far as that goes without a restart.
pub(crate) async fn run(settings: Settings, args: LoadPackArgs) -> Result<()> {
    let from = match args.from {
        Some(from) => std::path::absolute(from)?,
        None => PathBuf::new(),
    };
    let only_look = args.dry_run;
    let answer = control::ask(&settings, Request::LoadPack { from, only_look }).await?;
    let report: Report = serde_json::from_value(answer).context("the instance gave another answer")?;
    let table = table(&report);
    if only_look {
        print!("{table}");
        return Ok(());
    }
    eprint!("{table}");
    let mut summary = json!({ "pack": report.pack.name });
    for outcome in OUTCOMES {
        summary[word(outcome)] = report.count(outcome).into();
    }
    println!("{summary}");
    Ok(())
}

const OUTCOMES: [Outcome; 7] = [
    Outcome::Unchanged,
    Outcome::Added,
    Outcome::Taken,
    Outcome::Removed,
    Outcome::Kept,
    Outcome::Same,
    Outcome::Conflict,
];

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unchanged => "unchanged",
        Outcome::Added => "added",
        Outcome::Taken => "taken",
        Outcome::Removed => "removed",
        Outcome::Kept => "kept",
        Outcome::Same => "same",
        Outcome::Conflict => "conflict",
    }
}

/// A line for each file to which something happens, and a line of sums.
fn table(report: &Report) -> String {
    let mut text = String::new();
    for line in report.lines.iter().filter(|line| line.outcome != Outcome::Unchanged) {
        let more = match (line.outcome, line.proposal) {
            (Outcome::Conflict, true) => "  yours goes on counting; a proposal joins both",
            (Outcome::Conflict, false) => "  yours goes on counting; choose one or write another",
            _ => "",
        };
        text += &format!("{:<9} {}{more}\n", word(line.outcome), line.file);
    }
    let sums: Vec<String> = OUTCOMES
        .into_iter()
        .map(|outcome| format!("{} {}", report.count(outcome), word(outcome)))
        .collect();
    text + &format!("pack {}: {}\n", report.pack.name, sums.join(", "))
}

/// The answer of the instance.
pub(crate) async fn answer(
    packs: &Packs,
    actor: &kernel::actor::Actor,
    from: &Path,
    only_look: bool,
) -> Result<serde_json::Value> {
    let mut found = find(from)?;
    let upgraded = if found.mistakes.is_empty() {
        packs.upgrade(actor, found.pack, only_look).await
    } else {
        found.mistakes.extend(check(&found.pack.files).1);
        Err(PackError::Unfit(found.mistakes))
    };
    match upgraded {
        Ok(report) => Ok(serde_json::to_value(report)?),
        Err(PackError::Unfit(mistakes)) => {
            let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            bail!("nothing was loaded; mend these files first:\n{}", told.join("\n"))
        }
        Err(error) => Err(error.into()),
    }
}
