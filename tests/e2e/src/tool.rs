//! Programs that others wrote, run to their end or held open: `openssl`, `curl`.

use crate::site::PATIENCE;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Lets OpenSSL use keys and digests that are too weak for it, so that it is the server that refuses them.
const WEAK: &str = "openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = weak
[weak]
CipherString = DEFAULT:@SECLEVEL=0
[req]
distinguished_name = name
[name]
";

/// What a program did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Whether it ended with success.
    pub good: bool,
    /// What it wrote to standard output.
    pub out: Vec<u8>,
    /// What it said on standard error.
    pub said: String,
}

impl Ran {
    /// Standard output, if it ended well.
    pub fn text(self) -> Result<String> {
        if !self.good {
            bail!("a program failed: {} {}", String::from_utf8_lossy(&self.out), self.said);
        }
        Ok(String::from_utf8(self.out)?)
    }

    /// Everything that it wrote.
    pub fn all(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned() + &self.said
    }
}

/// A folder in which programs are run.
#[derive(Clone, Debug)]
pub struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// In a folder, which is made.
    pub fn new(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("weak.cnf"), WEAK)?;
        Ok(Self { folder })
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        Ok(std::fs::write(self.path(name), text)?)
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> Result<String> {
        std::fs::read_to_string(self.path(name)).with_context(|| format!("cannot read {name}"))
    }

    /// The configuration that allows what is weak, for programs with OpenSSL inside.
    pub fn weak(&self) -> PathBuf {
        self.path("weak.cnf")
    }

    fn command<I: AsRef<OsStr>>(&self, program: &str, args: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(&self.folder)
            .env("OPENSSL_CONF", self.weak())
            .kill_on_drop(true);
        command
    }

    /// Runs a program with this input to its end. The words of `line` are its arguments; a path has no spaces here.
    pub async fn run(&self, program: &str, line: &str, input: &[u8]) -> Result<Ran> {
        let mut command = self.command(program, line.split_whitespace());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("{program} is missing; install it"))?;
        let mut given = child.stdin.take().context("no input")?;
        let input = input.to_vec();
        // a program that ends early takes no input
        tokio::spawn(async move { drop(given.write_all(&input).await) });
        let output = timeout(PATIENCE, child.wait_with_output()).await;
        let output = output.with_context(|| format!("{program} {line} did not end"))??;
        Ok(Ran {
            good: output.status.success(),
            out: output.stdout,
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// `openssl` without input.
    pub async fn openssl(&self, line: &str) -> Result<Ran> {
        self.run("openssl", line, b"").await
    }

    /// Starts a program and holds it open.
    pub fn hold(&self, program: &str, line: &str) -> Result<Held> {
        let mut command = self.command(program, line.split_whitespace());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .with_context(|| format!("{program} is missing; install it"))?;
        Ok(Held {
            input: child.stdin.take().context("no input")?,
            output: child.stdout.take().context("no output")?,
            child,
        })
    }
}

/// A program that runs.
#[derive(Debug)]
pub struct Held {
    input: ChildStdin,
    output: ChildStdout,
    child: Child,
}

impl Held {
    /// Gives it input.
    pub async fn say(&mut self, text: &str) -> Result<()> {
        self.input.write_all(text.as_bytes()).await?;
        Ok(self.input.flush().await?)
    }

    /// Waits until it has written this.
    pub async fn hear(&mut self, wanted: &str) -> Result<()> {
        let mut heard = Vec::new();
        let reading = async {
            while !String::from_utf8_lossy(&heard).contains(wanted) {
                if self.output.read_buf(&mut heard).await? == 0 {
                    bail!("it ended before it said '{wanted}'");
                }
            }
            Ok(())
        };
        timeout(PATIENCE, reading).await.context("it says nothing")?
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> Result<()> {
        timeout(PATIENCE, self.child.wait()).await.context("it did not end")??;
        Ok(())
    }
}

/// A path as one word of a line.
pub fn word(path: &Path) -> String {
    path.display().to_string()
}
