//! Times as the tests need them, and waiting for something to become true.

use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// Whole seconds since 1970, now.
pub fn now_s() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Seconds since 1970 as the API writes them.
pub fn written(seconds: i64) -> Result<String> {
    Ok(jiff::Timestamp::from_second(seconds)?.to_string())
}

/// Seconds since 1970 of a time that the API wrote.
pub fn read(text: &str) -> Result<i64> {
    let time: jiff::Timestamp = text.parse().with_context(|| format!("'{text}' is no time"))?;
    Ok(time.as_second())
}

/// Looks again and again until there is something; gives up after half a minute. Nothing is concluded from how long it took.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let begin = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if begin.elapsed() > Duration::from_secs(30) {
            bail!("it did not happen: {what}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
