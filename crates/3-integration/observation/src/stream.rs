//! Live values as server-sent events: what changed since the last word, at most four times a second.

use crate::service::Observations;
use crate::wire::ObservationView;
use axum::response::sse::Event;
use futures::Stream;
use kernel::actor::Actor;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

const PACE: Duration = Duration::from_millis(250);

/// Events named `observation`, each a JSON array of newest values; the first holds all that are known. A slow reader gets
/// fewer events, never a growing queue.
pub fn live(
    observations: Observations,
    actor: Arc<Actor>,
    device: String,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let position = observations.position();
    let start = (observations, actor, device, position, HashMap::new(), true);
    futures::stream::unfold(
        start,
        |(observations, actor, device, mut position, mut told, first)| async move {
            loop {
                if !first || !told.is_empty() {
                    position.changed().await.ok()?;
                    tokio::time::sleep(PACE).await;
                }
                position.mark_unchanged();
                let (rows, _) = observations.latest(&actor, Some(&device), 0, 1_000);
                let fresh: Vec<ObservationView> = rows
                    .iter()
                    .filter(|(info, row)| {
                        told.insert(info.id, (row.time, row.position)) != Some((row.time, row.position))
                    })
                    .map(|(info, row)| ObservationView::new(info, row, observations.derivation(info.id).is_some()))
                    .collect();
                if first || !fresh.is_empty() {
                    let event = Event::default()
                        .event("observation")
                        .json_data(&fresh)
                        .unwrap_or_default();
                    return Some((Ok(event), (observations, actor, device, position, told, false)));
                }
            }
        },
    )
}
