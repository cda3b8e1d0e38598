//! Ending in order: first no new work, then what was accepted is finished, then the engines close.

use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The stages of an end. Each stage is told to stop only when the one before has finished or its time is up.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    /// Listeners and everything that takes work from outside.
    pub doors: Stage,
    /// Pipelines that finish what was accepted.
    pub pipelines: Stage,
    /// Consumers and reconcilers.
    pub background: Stage,
}

/// One group of tasks with a common end.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Stage {
    /// Told when the stage shall end.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }
    /// Runs a task that belongs to this stage.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    async fn end(&self, name: &str, patience: Duration) {
        self.token.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                stage = name,
                still_running = self.tasks.len(),
                "stage did not end in time"
            );
        }
    }
}

impl Shutdown {
    /// Ends stage by stage; each has at most `patience`.
    pub async fn run(&self, patience: Duration) {
        self.doors.end("doors", patience).await;
        self.pipelines.end("pipelines", patience).await;
        self.background.end("background", patience).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_later_stage_ends_only_after_the_earlier_one() {
        let shutdown = Shutdown::default();
        let order = Arc::new(Mutex::new(Vec::new()));
        for (name, stage) in [
            ("background", &shutdown.background),
            ("doors", &shutdown.doors),
            ("pipelines", &shutdown.pipelines),
        ] {
            let (token, order) = (stage.token(), Arc::clone(&order));
            stage.spawn(async move {
                token.cancelled().await;
                order.lock().push(name);
            });
        }
        shutdown.run(Duration::from_secs(5)).await;
        assert_eq!(*order.lock(), ["doors", "pipelines", "background"]);
    }
}
