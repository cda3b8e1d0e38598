//! A list of named steps: each is timed, a failed one does not hide the others, the last line counts.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// The steps that ran.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, Option<String>)>,
}

impl Steps {
    /// Runs one step and remembers how it went; tells whether it passed.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        println!("\n=== {name}");
        let start = Instant::now();
        let error = work().err().map(|e| format!("{e:#}"));
        if let Some(error) = &error {
            println!("FAILED {name}: {error}");
        }
        let passed = error.is_none();
        self.done.push((name.to_owned(), start.elapsed(), error));
        passed
    }

    /// A step that could not run because one before it failed.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        self.done.push((name.to_owned(), Duration::ZERO, Some(why.to_owned())));
    }

    /// The table of times and outcomes, and the closing line.
    fn summary(&self) -> String {
        let line = |(name, time, error): &(String, Duration, Option<String>)| {
            let mark = if error.is_none() { "ok    " } else { "FAILED" };
            let why = error
                .as_deref()
                .and_then(|e| e.lines().next())
                .map(|e| format!("  {e}"))
                .unwrap_or_default();
            format!("{mark} {:>7.1} s  {name}{why}\n", time.as_secs_f64())
        };
        let failed = self.done.iter().filter(|(_, _, error)| error.is_some()).count();
        let table: String = self.done.iter().map(line).collect();
        format!("\n{table}\n{} passed, {failed} failed", self.done.len() - failed)
    }

    /// Prints the summary; an error when a step failed.
    pub(crate) fn finish(self) -> Result<()> {
        println!("{}", self.summary());
        if self.done.iter().any(|(_, _, error)| error.is_some()) {
            bail!("see the failed steps above");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Steps;
    use anyhow::bail;

    #[test]
    fn a_failed_step_is_counted_and_does_not_stop_the_others() {
        let mut steps = Steps::default();
        assert!(steps.step("one", || Ok(())));
        assert!(!steps.step("two", || bail!("broken")));
        assert!(steps.step("three", || Ok(())));
        steps.skip("four", "two failed");
        let summary = steps.summary();
        assert!(summary.ends_with("2 passed, 2 failed"), "{summary}");
        assert!(summary.contains("FAILED     0.0 s  two  broken"), "{summary}");
        assert!(steps.finish().is_err());
    }
}
