//! Runs one suite in Python as it is, and reads from the words of `unittest` what passed.

use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// A file of the suites, and how it is called in the report.
#[derive(Clone, Copy)]
pub(super) struct Suite {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
}

/// Runs the file named by the first argument as if it were started itself. Only the port is for the file: the older one
/// hands its arguments on to `unittest`, which does not know them.
const RUN: &str = r#"
import runpy, sys, unittest
suite, port = sys.argv[1:]
main = unittest.main
unittest.main = lambda *_, **__: main(argv=[suite, "-v"])
sys.argv = [suite, "-p", port]
runpy.run_path(suite, run_name="__main__")
"#;

/// Longest run of a suite; some of their tests wait for messages without an end.
const PATIENCE: Duration = Duration::from_secs(900);

/// What became of a suite.
pub(super) struct Outcome {
    pub(super) ran: usize,
    pub(super) failed: Vec<String>,
    /// Everything that was said.
    pub(super) log: String,
}

impl Outcome {
    /// Tests that passed.
    pub(super) fn passed(&self) -> usize {
        self.ran.saturating_sub(self.failed.len())
    }

    /// Reads the words of `unittest`; `None` when it did not come to its end.
    fn read(log: String) -> Option<Self> {
        let ran = log.lines().rev().find_map(|line| line.strip_prefix("Ran "))?;
        let ran = ran.split(' ').next()?.parse().ok()?;
        let mut failed = Vec::new();
        for line in log.lines() {
            let said = line.strip_prefix("FAIL: ").or_else(|| line.strip_prefix("ERROR: "));
            let name = said.and_then(|said| said.split(' ').next()).map(str::to_owned);
            failed.extend(name.filter(|name| !failed.contains(name)));
        }
        Some(Self { ran, failed, log })
    }
}

impl Suite {
    /// Runs it in its folder against a port of this machine; what it says goes to a file in `dir`.
    pub(super) async fn run(self, folder: &Path, port: u16, dir: &Path) -> Result<Outcome> {
        let python = std::env::var_os("HANOI_IOC_PYTHON").filter(|path| Path::new(path).is_file());
        let path = dir.join(format!("{}.log", self.file));
        let log = File::create(&path)?;
        let mut command = Command::new(python.unwrap_or_else(|| "python3".into()));
        command
            .args(["-u", "-B", "-c", RUN, self.file, &port.to_string()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().context("cannot start python3; install it")?;
        let ended = timeout(PATIENCE, child.wait()).await;
        if ended.is_err() {
            child.kill().await?;
        }
        let log = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        let last = log.lines().rev().take(20).collect::<Vec<_>>();
        let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
        ensure!(
            ended.is_ok(),
            "{} did not end in {PATIENCE:?}; it said last:\n{last}",
            self.file
        );
        let outcome =
            Outcome::read(log).with_context(|| format!("{} ran no tests; it said last:\n{last}", self.file))?;
        ensure!(outcome.ran > 0, "{} ran no tests; it said last:\n{last}", self.file);
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn failures_and_errors_are_read_from_the_words_of_unittest() {
        let log = "test_a (__main__.Test.test_a) ... ok\nsaid\nFAIL\n\nERROR: test_b (__main__.Test.test_b)\nx\n\
                   FAIL: test_c (__main__.Test.test_c)\nRan 10 tests in 1.5s\n\nFAILED (failures=1, errors=1)\n";
        let outcome = Outcome::read(log.to_owned()).unwrap();
        assert_eq!((outcome.ran, outcome.passed()), (10, 8));
        assert_eq!(outcome.failed, ["test_b", "test_c"]);
        assert!(Outcome::read("Traceback\n".to_owned()).is_none());
    }
}
