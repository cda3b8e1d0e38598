//! `hanoi-ioc tenant ...`: what the holder of a sealed tenant does on the machine. Secrets come from a file or the terminal.

use super::{Asked, Hidden, Shown, What};
use crate::control::{self, Request};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Longest file of a secret, in bytes.
const MAX_SECRET: u64 = 8 << 10;

#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Make a tenant and print its recovery key, which is shown only now.
    Create {
        /// 1 to 64 letters, digits, '.', '_', '-'.
        id: String,
        /// Encrypt everything under a key that only its holder has.
        #[arg(long)]
        sealed: bool,
        /// File with the passphrase; asked on the terminal unless said.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Open a tenant of the running instance until it is locked or the instance ends.
    Unlock {
        /// The tenant.
        id: String,
        #[command(flatten)]
        proof: ProofArgs,
    },
    /// Close a tenant of the running instance; its keys leave the memory.
    Lock {
        /// The tenant.
        id: String,
    },
    /// Give a tenant another passphrase; what is stored stays as it is.
    Passphrase {
        /// The tenant.
        id: String,
        #[command(flatten)]
        proof: ProofArgs,
        /// File with the new passphrase; asked on the terminal unless said.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Give an unlocked tenant another data key and seal everything anew; run it again when it was cut off.
    Rotate {
        /// The tenant.
        id: String,
    },
    /// Tell whether a tenant is unlocked, and which versions of its key are in use.
    State {
        /// The tenant.
        id: String,
    },
}

/// What opens a tenant.
#[derive(Debug, Args)]
pub(crate) struct ProofArgs {
    /// File with the passphrase; asked on the terminal unless said.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// File with the recovery key, in place of the passphrase.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    recovery_file: Option<PathBuf>,
}

impl ProofArgs {
    fn shown(&self) -> Result<Shown> {
        match &self.recovery_file {
            Some(path) => Ok(Shown::Recovery(from_file(path)?)),
            None => Ok(Shown::Passphrase(secret(
                self.passphrase_file.as_deref(),
                "Mật khẩu / passphrase: ",
            )?)),
        }
    }
}

/// Runs one command and prints its answer, one line of JSON.
pub(crate) async fn run(settings: Settings, command: TenantCommand) -> Result<()> {
    let running = control::is_running(&settings).await;
    let in_memory = || -> Result<()> {
        if running {
            return Ok(());
        }
        bail!(
            "no instance runs on {}; keys are only in the memory of a running one, so start it first",
            settings.instance.data_dir.display()
        )
    };
    let (tenant, what) = match command {
        TenantCommand::Create { sealed: false, .. } => {
            bail!("only sealed tenants can be created beside the government's; add --sealed")
        }
        TenantCommand::Create {
            id, passphrase_file, ..
        } => (id, What::Create(new_secret(passphrase_file.as_deref())?)),
        TenantCommand::Unlock { id, proof } => {
            in_memory()?;
            (id, What::Unlock(proof.shown()?))
        }
        TenantCommand::Lock { id } => {
            in_memory()?;
            (id, What::Lock)
        }
        TenantCommand::Passphrase {
            id,
            proof,
            new_passphrase_file,
        } => {
            let shown = proof.shown()?;
            let new = new_secret(new_passphrase_file.as_deref())?;
            (id, What::Passphrase { shown, new })
        }
        TenantCommand::Rotate { id } => {
            in_memory()?;
            (id, What::Rotate)
        }
        TenantCommand::State { id } => (id, What::State),
    };
    let creating = matches!(what, What::Create(_));
    println!(
        "{}",
        control::ask(&settings, Request::Tenant(Asked { tenant, what })).await?
    );
    if creating {
        eprintln!(
            "Khóa khôi phục chỉ hiện một lần: hãy cất giữ tách khỏi máy này và các bản sao lưu. / \
             The recovery key is shown only once: keep it apart from this machine and its backups."
        );
    }
    Ok(())
}

fn from_file(path: &Path) -> Result<Hidden> {
    let mut text = String::new();
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.take(MAX_SECRET)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Hidden::new(text))
}

fn secret(file: Option<&Path>, question: &str) -> Result<Hidden> {
    match file {
        Some(path) => from_file(path),
        None => Ok(Hidden::new(from_terminal(question)?)),
    }
}

/// A new passphrase is asked for twice on a terminal.
fn new_secret(file: Option<&Path>) -> Result<Hidden> {
    if let Some(path) = file {
        return from_file(path);
    }
    let first = from_terminal("Mật khẩu mới / new passphrase: ")?;
    if first != from_terminal("Nhập lại / again: ")? {
        bail!("the two are not the same; nothing was changed");
    }
    Ok(Hidden::new(first))
}

fn from_terminal(question: &str) -> Result<String> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        bail!("there is no terminal to ask for the passphrase; name a file with --passphrase-file");
    }
    eprint!("{question}");
    let _quiet = Quiet::begin()?;
    let mut line = String::new();
    input.lock().take(MAX_SECRET).read_line(&mut line)?;
    eprintln!();
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal shows nothing of what is typed until this is dropped.
struct Quiet;

impl Quiet {
    fn begin() -> Result<Self> {
        if echo("-echo") {
            return Ok(Self);
        }
        bail!("the terminal cannot be told to hide what is typed; name a file with --passphrase-file")
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        echo("echo");
    }
}

fn echo(how: &str) -> bool {
    let told = Command::new("stty")
        .arg(how)
        .stdin(Stdio::inherit())
        .stdout(Stdio::null())
        .status();
    told.is_ok_and(|status| status.success())
}
