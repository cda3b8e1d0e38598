//! `hanoi-ioc verify audit`: is the trail what was signed? It reads files only, beside a running instance or without one.

use crate::assemble::{self, TENANT};
use crate::settings::Settings;
use crate::trail;
use anyhow::{Context, Result, bail};
use audit::note::Verifier;
use audit::verify::{self, Evidence, Piece, Report, Trust};
use bytes::Bytes;
use clap::{Args, Subcommand};
use embedded::disk::RealDisk;
use embedded::log::inspect::{self, Inspection};
use embedded::objects::look::ObjectFiles;
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum VerifyCommand {
    /// Find every edit, deletion, reordering and truncation of the audit log since it was signed. Exit code 1 if there is any.
    Audit(AuditArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// A checkpoint that was kept elsewhere, such as the answer of GET /api/v1/audit/checkpoint; records before it are
    /// not read again.
    #[arg(long, value_name = "CHECKPOINT")]
    from: Option<PathBuf>,
    /// A file with the public key, if the one beside the checkpoints is not to be believed.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Runs it; fails when anything is wrong.
pub(crate) fn run(settings: &Settings, command: VerifyCommand) -> Result<()> {
    let VerifyCommand::Audit(args) = command;
    let dir = assemble::tenant_dir(&settings.instance.data_dir);
    if !dir.exists() {
        let data_dir = settings.instance.data_dir.display();
        bail!("{data_dir} holds no data; name another directory with --data-dir");
    }
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let trust = Trust {
        shelves: trail::shelves(settings, TENANT),
        key: args
            .key
            .as_ref()
            .map(|path| anyhow::Ok(Verifier::parse(&read(path)?)?))
            .transpose()?,
        from: args.from.as_ref().map(read).transpose()?,
        running: is_running(&dir)?,
    };
    let mut files = Files {
        inspection: Inspection::begin(&RealDisk, &dir.join("audit"))?,
        objects: ObjectFiles::new(&dir.join("objects")),
    };
    let report = verify::verify(&mut files, &trust)?;
    print(&report);
    match report.findings.len() as u64 + report.more {
        0 => Ok(()),
        count => bail!("the audit log is not what was signed: {count} findings"),
    }
}

/// Whether another process has the directory open.
fn is_running(dir: &Path) -> Result<bool> {
    let path = dir.join("lock");
    let Ok(file) = File::open(&path) else {
        return Ok(false);
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot look at {}", path.display())),
    }
}

fn print(report: &Report) {
    println!(
        "records {}: {} as they were signed, {} dropped after their time; tiles {}; checkpoints {}",
        report.records, report.sound, report.dropped, report.tiles, report.checkpoints
    );
    if let Some(newest) = &report.newest {
        println!("newest checkpoint: {} records, signed {}", newest.size, newest.at);
    }
    for remark in &report.remarks {
        println!("note: {remark}");
    }
    for finding in &report.findings {
        println!("WRONG {finding}");
    }
    if report.more > 0 {
        println!("WRONG and {} more", report.more);
    }
    let advice: BTreeSet<&str> = report.findings.iter().map(|finding| finding.fault.advice()).collect();
    for advice in advice {
        println!("what to do: {advice}");
    }
    if report.is_sound() {
        println!("nothing is wrong");
    }
}

struct Files<'a> {
    inspection: Inspection<'a>,
    objects: ObjectFiles,
}

impl Evidence for Files<'_> {
    fn next_piece(&mut self) -> ports::error::Result<Option<Piece>> {
        Ok(self.inspection.next_piece()?.map(|piece| match piece {
            inspect::Piece::Frame { file, frame } => Piece::Record {
                file,
                position: frame.position,
                bytes: frame.bytes,
            },
            inspect::Piece::Odd { file, from, to, what } => Piece::Odd { file, from, to, what },
        }))
    }

    fn names(&self, folder: &str) -> ports::error::Result<Vec<String>> {
        self.objects.list(folder)
    }

    fn object(&self, name: &str) -> ports::error::Result<Option<Bytes>> {
        self.objects.get(name)
    }
}
