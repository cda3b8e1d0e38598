//! `hanoi-ioc import ...`: data of the city that stands in no pack, such as the true boundaries of its communes.

use crate::control::{self, Request};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use boundary::model::{Report, Strictness};
use boundary::service::Boundaries;
use clap::{Args, Subcommand};
use kernel::actor::Actor;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Put true boundaries in place of the approximate cells; a file with a mistake changes nothing.
    Boundaries(BoundariesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BoundariesArgs {
    /// GeoJSON (RFC 7946): a feature for each commune, WGS 84.
    #[arg(required_unless_present = "remove")]
    file: Option<PathBuf>,
    /// The property that holds the statistics office's code.
    #[arg(long, default_value = "code")]
    code_property: String,
    /// Overlaps and gaps narrower than this in the mean are taken as noise, in metres.
    #[arg(long, default_value_t = 1.0, value_parser = tolerance)]
    tolerance: f64,
    /// Only say what would be wrong.
    #[arg(long)]
    check: bool,
    /// Go back to the approximate cells of the city pack.
    #[arg(long, conflicts_with_all = ["file", "check"])]
    remove: bool,
}

fn tolerance(text: &str) -> Result<f64, String> {
    let metres = text.parse().ok().filter(|metres| (0.0..=100.0).contains(metres));
    metres.ok_or_else(|| "write metres, 0 to 100".to_owned())
}

/// Runs an import command: findings on standard error, the outcome on standard output.
pub(crate) async fn run(settings: Settings, command: ImportCommand) -> Result<()> {
    let ImportCommand::Boundaries(args) = command;
    let Some(file) = args.file.filter(|_| !args.remove) else {
        println!("{}", control::ask(&settings, Request::RemoveBoundaries).await?);
        return Ok(());
    };
    let request = Request::ImportBoundaries {
        file: std::path::absolute(&file)?,
        code_property: args.code_property,
        tolerance_m: args.tolerance,
        only_check: args.check,
    };
    let report: Report = serde_json::from_value(control::ask(&settings, request).await?)?;
    for finding in &report.findings {
        eprintln!("{finding}");
    }
    if report.more > 0 {
        eprintln!("and {} more", report.more);
    }
    let hindering = report.findings.iter().filter(|finding| !finding.warning).count() + report.more;
    if hindering > 0 {
        bail!("{hindering} mistakes in {}; nothing was changed", file.display());
    }
    println!(
        "{}",
        serde_json::json!({ "areas": report.areas, "stored": report.stored })
    );
    Ok(())
}

/// Reads a file of this machine and gives it to the boundaries.
pub(crate) async fn boundaries(
    all: &Boundaries,
    actor: &Actor,
    file: &Path,
    strictness: Strictness,
    only_check: bool,
) -> Result<Report> {
    let cannot = || format!("cannot read {}", file.display());
    let size = std::fs::metadata(file).with_context(cannot)?.len();
    if size > boundary::read::MAX_FILE as u64 {
        bail!(
            "{} has {size} bytes, at most {} are taken; simplify the lines to a metre or write fewer digits",
            file.display(),
            boundary::read::MAX_FILE
        );
    }
    let text = std::fs::read_to_string(file).with_context(cannot)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(all.import(actor, &name, text, strictness, only_check).await?)
}
