//! `hanoi-ioc log dump`: every stored row of a stopped instance, one JSON object per line, for proofs and for people.
//! The hot log forgets what the lake has; `--with-lake` puts the two together.

mod lake;

use crate::assemble;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use embedded::tenant::EmbeddedTenant;
use kernel::block::Block;
use kernel::position::Position;
use kernel::series::SeriesInfo;
use kernel::time::Timestamp;
use observation::store::Store;
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::sync::Arc;

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Write all rows of the hot log to standard output, oldest first; the instance must be stopped.
    Dump {
        /// Also those that only the lake has; of each series and time the row that counts. Fails when lake and log differ
        #[arg(long)]
        with_lake: bool,
    },
}

/// Bytes of log that are read at once.
const BYTES: usize = 4 << 20;

/// One stored row.
#[derive(Serialize)]
struct Row<'a> {
    /// `epoch-sequence` of its block.
    position: &'a str,
    device: &'a str,
    name: &'a str,
    time: Timestamp,
    value: kernel::value::Value,
    quality: kernel::quality::Grade,
    /// Device that sent it.
    sender: &'a str,
    received: Timestamp,
}

/// Runs a log command.
pub(crate) async fn run(settings: Settings, command: LogCommand) -> Result<()> {
    let LogCommand::Dump { with_lake } = command;
    let dir = assemble::tenant_dir(&settings.instance.data_dir);
    if !dir.exists() {
        bail!(
            "{} holds no data; name another directory with --data-dir",
            settings.instance.data_dir.display()
        );
    }
    let options = assemble::engine_options(&settings);
    let engine = tokio::task::spawn_blocking(move || EmbeddedTenant::open(&dir, options)).await??;
    let mut series = Store::new(Arc::clone(&engine.records))
        .series()
        .await
        .context("the series cannot be read")?;
    series.sort_by_key(|info| info.id);
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    if with_lake {
        lake::write(&engine, &series, &mut out).await?;
        return out.flush().context("the rows cannot be written");
    }
    let mut after = Position::START;
    loop {
        let blocks = engine.series.read(after, BYTES).await?;
        let Some((last, _)) = blocks.last() else { break };
        after = *last;
        for (position, block) in &blocks {
            rows(*position, block, &series, &mut out)?;
        }
    }
    out.flush().context("the rows cannot be written")
}

fn rows(position: Position, block: &Block, series: &[SeriesInfo], out: &mut impl Write) -> Result<()> {
    let position = position.to_string();
    let mut row = 0;
    for run in &block.runs {
        for _ in 0..run.rows {
            let id = block.batch.series[row];
            let info = series
                .get(id.0 as usize)
                .with_context(|| format!("position {position}: series {} is not registered", id.0))?;
            let line = Row {
                position: &position,
                device: info.device.as_str(),
                name: &info.name,
                time: block.batch.time[row],
                value: block.batch.value(row),
                quality: block.batch.quality[row].grade(),
                sender: &run.sender,
                received: run.received,
            };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
            row += 1;
        }
    }
    Ok(())
}
