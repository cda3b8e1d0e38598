//! Shelved alerts come back by the injected clock, once.

use crate::script::command;
use crate::signals::signal;
use crate::stage::Stage;
use kernel::signal::Change;
use std::time::Duration;

#[tokio::test]
async fn a_shelved_alert_comes_back_when_its_time_is_up_and_is_told_once() {
    let stage = Stage::new();
    stage
        .hear(&[
            signal("g", "a", Change::Raised, 3, 0),
            signal("h", "b", Change::Raised, 3, 0),
        ])
        .await;
    let id = stage.all().await[0].alert.id;
    let shelved = stage
        .alerts
        .act(&crate::stage::officer(), id, command("shelve", 0).unwrap(), None)
        .await
        .unwrap();
    assert_eq!(shelved.alert.phase.code(), "shelved");
    stage.clock.advance(Duration::from_secs(599));
    assert_eq!(stage.shelves.turn().await.unwrap(), 0);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.shelves.turn().await.unwrap(), 1);
    assert_eq!(stage.shelves.turn().await.unwrap(), 0);
    assert!(
        stage
            .all()
            .await
            .iter()
            .all(|stored| stored.alert.phase.code() == "raised")
    );
    let told = stage.told().await;
    assert_eq!(
        told.iter().filter(|kind| *kind == "alert.unshelved.v1").count(),
        1,
        "{told:?}"
    );
}

#[tokio::test]
async fn an_alert_that_ended_on_the_shelf_does_not_come_back() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    stage.act(command("shelve", 0).unwrap()).await.unwrap();
    stage.hear(&[signal("g", "a", Change::Cleared, 3, 5)]).await;
    stage.clock.advance(Duration::from_secs(3_600));
    assert_eq!(stage.shelves.turn().await.unwrap(), 0);
    assert_eq!(stage.only().await.alert.phase.code(), "cleared");
}
