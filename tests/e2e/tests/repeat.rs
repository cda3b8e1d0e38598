//! A retry is answered and not repeated.

use anyhow::{Context, Result};
use e2e::answer::Answer;
use e2e::device::{Device, SENML, depth};
use e2e::moment::now_s;
use e2e::site::Site;

async fn keyed(device: &Device, key: &str, body: &str) -> Result<Answer> {
    let request = device.request(SENML, body.to_owned());
    Answer::of(request.header("Idempotency-Key", key)).await
}

#[tokio::test]
async fn a_key_gets_its_first_answer_again_and_no_other_body() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let other = site.gauge(&server, "gauge-2").await?;
    // without a time: only the key can tell a retry from a new value
    let body = r#"[{"n":"depth","u":"m","v":0.1},{"n":"depth","u":"V","v":0.1}]"#;
    let mut first = keyed(&gauge, "k-1", body).await?.json(200)?;
    assert_eq!((&first["accepted"], &first["rejected"]), (&1.into(), &1.into()));
    assert!(first["repeated"].is_null());

    let again = keyed(&gauge, "k-1", body).await?.json(200)?;
    // the first answer whole, the place in the log included
    assert!(first["position"].is_object());
    let first = first.as_object_mut().context("no object")?;
    first.insert("repeated".to_owned(), true.into());
    assert_eq!(again.as_object(), Some(&*first));
    let changed = keyed(&gauge, "k-1", &body.replace("0.1", "0.2")).await?;
    assert_eq!(changed.problem(422)?, "idempotency_key_reused");
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 1.0);

    // the key is the sender's own, and another key is another request
    assert_eq!(keyed(&other, "k-1", body).await?.json(200)?["accepted"], 1);
    assert_eq!(keyed(&gauge, "k-2", body).await?.json(200)?["accepted"], 1);
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 3.0);

    // many at once: one is stored
    let timed = depth(now_s() - 60, 0.15);
    let (a, b, c) = tokio::join!(
        keyed(&gauge, "k-3", &timed),
        keyed(&gauge, "k-3", &timed),
        keyed(&gauge, "k-3", &timed)
    );
    let mut repeated = 0;
    for answer in [a, b, c] {
        let receipt = answer?.json(200)?;
        assert_eq!(receipt["accepted"], 1);
        repeated += usize::from(receipt["repeated"] == true);
    }
    assert_eq!(repeated, 2);
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 4.0);
    Ok(())
}

#[tokio::test]
async fn the_same_value_of_the_same_time_is_a_duplicate_and_another_a_correction() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let t = now_s() - 60;
    for (metres, accepted, duplicates, corrections) in
        [(0.1, 1, 0, 0), (0.1, 0, 1, 0), (0.11, 1, 0, 1), (0.11, 0, 1, 0)]
    {
        let receipt = gauge.depth(t, metres).await?;
        let count = |name: &str| receipt[name].as_i64();
        assert_eq!(
            (count("accepted"), count("duplicates"), count("corrections")),
            (Some(accepted), Some(duplicates), Some(corrections)),
            "{metres}"
        );
        assert_eq!(receipt["position"].is_null(), accepted == 0, "{receipt}");
        let latest = person.latest("gauge-1", "depth").await?;
        assert_eq!(latest.map(|latest| latest["value"].clone()), Some(metres.into()));
    }
    Ok(())
}
