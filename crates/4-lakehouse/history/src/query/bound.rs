//! Few questions at once, each on threads of its own with low priority, each with an end (SEMANTICS 38).

use super::error::QueryError;
use parking_lot::Mutex;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Stack of a thread that plans statements: deep trees are walked recursively. Only what is used takes memory.
const STACK_BYTES: usize = 32 << 20;
/// Nice value of these threads: everything else comes first.
const NICE: i32 = 10;

/// The threads of questions. They begin with the first one.
#[derive(Debug)]
pub(crate) struct Threads {
    threads: usize,
    runtime: Mutex<Option<Runtime>>,
    turns: Arc<Semaphore>,
    at_once: usize,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
}

impl Threads {
    pub(crate) fn new(threads: usize, at_once: usize, max_waiting: usize) -> Self {
        Self {
            threads: threads.max(1),
            runtime: Mutex::new(None),
            turns: Arc::new(Semaphore::new(at_once.max(1))),
            at_once: at_once.max(1),
            waiting: Arc::default(),
            max_waiting,
        }
    }

    /// How many questions run now.
    pub(crate) fn running(&self) -> usize {
        self.at_once - self.turns.available_permits()
    }

    /// Runs `work` when its turn comes, or says at once that too many wait. When `end` resolves first, the work is told
    /// to stop and the answer is `late()`. When the caller goes away, the work is told to stop as well. The turn is given
    /// back only when the work has really ended.
    pub(crate) async fn run<T, F>(
        &self,
        end: impl Future<Output = ()>,
        late: impl FnOnce() -> QueryError,
        work: impl FnOnce(CancellationToken) -> F,
    ) -> Result<T, QueryError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QueryError>> + Send + 'static,
    {
        let turn = self.turn().await?;
        let stop = CancellationToken::new();
        let work = work(stop.clone());
        let task = {
            let mut runtime = self.runtime.lock();
            let runtime = match &mut *runtime {
                Some(runtime) => runtime,
                empty => empty.insert(self.start()?),
            };
            let ended = stop.clone();
            runtime.spawn(async move {
                let _turn = turn;
                if ended.is_cancelled() {
                    return Err(QueryError::Ended);
                }
                work.await
            })
        };
        let _gone = stop.clone().drop_guard();
        tokio::select! {
            biased;
            answer = task => answer.unwrap_or_else(|error| Err(QueryError::Engine(error.to_string()))),
            () = end => Err(late()),
        }
    }

    async fn turn(&self) -> Result<tokio::sync::OwnedSemaphorePermit, QueryError> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let place = Waiting(Arc::clone(&self.waiting));
        if place.0.fetch_add(1, Ordering::AcqRel) >= self.max_waiting {
            return Err(QueryError::Busy(self.at_once, self.max_waiting));
        }
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        drop(place);
        turn.map_err(|_| QueryError::Ended)
    }

    fn start(&self) -> Result<Runtime, QueryError> {
        Builder::new_multi_thread()
            .worker_threads(self.threads)
            .max_blocking_threads(4)
            .thread_stack_size(STACK_BYTES)
            .thread_name("question")
            .on_thread_start(|| {
                // without the right to it the threads run as the others do
                let _ = rustix::process::setpriority_process(None, NICE);
            })
            .enable_all()
            .build()
            .map_err(|error| QueryError::Engine(format!("threads for questions cannot be started: {error}")))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.get_mut().take() {
            runtime.shutdown_background();
        }
    }
}

/// A place among those that wait.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    fn never() -> std::future::Pending<()> {
        std::future::pending()
    }

    #[tokio::test]
    async fn beyond_the_queue_the_answer_is_busy_and_later_it_is_not() {
        let threads = Arc::new(Threads::new(1, 1, 1));
        let (release, released) = oneshot::channel::<()>();
        let (began, begun) = oneshot::channel::<()>();
        let first = tokio::spawn({
            let threads = Arc::clone(&threads);
            async move {
                let work = |_| async move {
                    began.send(()).unwrap();
                    released.await.unwrap();
                    Ok(1)
                };
                threads.run(never(), || QueryError::Time(0), work).await
            }
        });
        begun.await.unwrap();
        assert_eq!(threads.running(), 1);
        // the second waits; the third is one too many
        let mut second = Box::pin(threads.run(never(), || QueryError::Time(0), |_| async { Ok(2) }));
        assert!(futures::poll!(&mut second).is_pending());
        let third = threads.run(never(), || QueryError::Time(0), |_| async { Ok(3) }).await;
        assert!(matches!(third, Err(QueryError::Busy(1, 1))), "{third:?}");
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap().unwrap(), 1);
        assert_eq!(second.await.unwrap(), 2);
    }

    #[tokio::test]
    async fn the_end_and_the_leaving_of_the_caller_stop_the_work() {
        let threads = Threads::new(1, 1, 1);
        for leaves in [false, true] {
            let (stopped, seen) = oneshot::channel();
            let (began, begun) = oneshot::channel();
            let work = |stop: CancellationToken| async move {
                began.send(()).unwrap();
                stop.cancelled().await;
                stopped.send(()).unwrap();
                Err::<(), _>(QueryError::Ended)
            };
            if leaves {
                let mut asked = Box::pin(threads.run(never(), || QueryError::Time(7), work));
                tokio::select! {
                    answer = &mut asked => panic!("{answer:?}"),
                    began = begun => began.unwrap(),
                }
                drop(asked);
            } else {
                let end = async { begun.await.unwrap() };
                let answer = threads.run(end, || QueryError::Time(7), work).await;
                assert!(matches!(answer, Err(QueryError::Time(7))), "{answer:?}");
            }
            seen.await.unwrap();
        }
        // the turn was given back
        assert_eq!(
            threads
                .run(never(), || QueryError::Time(0), |_| async { Ok(5) })
                .await
                .unwrap(),
            5
        );
    }

    #[tokio::test]
    async fn work_that_panics_is_our_error_and_costs_no_turn() {
        let threads = Threads::new(1, 1, 1);
        let broken = threads
            .run(
                never(),
                || QueryError::Time(0),
                |_| async { panic!("a bug") as Result<(), QueryError> },
            )
            .await;
        assert!(matches!(broken, Err(QueryError::Engine(_))));
        assert_eq!(
            threads
                .run(never(), || QueryError::Time(0), |_| async { Ok(5) })
                .await
                .unwrap(),
            5
        );
    }
}
