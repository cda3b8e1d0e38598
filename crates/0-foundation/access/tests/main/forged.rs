//! Forged tokens and secrets, as jwt_tool and others make them, at the API that would open a session for them.

#[path = "forged/claims.rs"]
mod claims;
#[path = "forged/keys.rs"]
mod keys;
#[path = "forged/secrets.rs"]
mod secrets;
#[path = "forged/tokens.rs"]
mod tokens;

use crate::elsewhere::{Away, House, session};
use keys::Published;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;

/// A token under the name of its trick.
type Forged = Vec<(String, String)>;

/// Makes all tokens of one kind.
type Trick<'a> = &'a dyn Fn(&Published, &Value) -> Forged;
/// Signs as the provider does.
type Sign = fn(&Published, &Value) -> String;

#[tokio::test]
async fn oidc_tokens_that_were_forged_open_nothing() {
    let house = House::new().await;
    house
        .boss()
        .await
        .hires(&house.ground, "nina", "internal", object!([]))
        .await;
    assert_eq!(house.link("nina", "s-1").await.0, 200);
    let keys = Published::new();
    house.fake.publish_set(keys.set());
    let good = |away: &Away| house.claims(away);

    // the token of a sign-in that has been, for each sign-in that follows
    let first = house.leave().await;
    let spent = keys.provider.sign(&good(&first));
    assert!(
        session(&house.back_with(&first, spent.clone()).await).is_some(),
        "the good one opens"
    );
    let (mut taken, mut count, mut kinds) = (Vec::new(), 0, BTreeSet::new());
    let again = |_: &Published, _: &Value| vec![("replay: the token of an earlier sign-in".to_owned(), spent.clone())];
    let tricks = tokens::TRICKS.iter().map(|trick| trick as Trick<'_>);
    let tricks: Vec<Trick<'_>> = tricks.chain([&claims::forged as Trick<'_>, &again]).collect();
    for trick in tricks {
        for number in 0..trick(&keys, &good(&first)).len() {
            // each comes back from a sign-in of its own, and says what that one is to say
            let away = house.leave().await;
            let (what, token) = trick(&keys, &good(&away)).swap_remove(number);
            kinds.extend(what.split(':').next().map(str::to_owned));
            count += 1;
            let answer = house.back_with(&away, token).await;
            if answer.status() != 401 || session(&answer).is_some() {
                taken.push((what, answer.status()));
            }
        }
    }
    // the controls: with each kind of key that was attacked, what the provider did sign is taken
    let controls: [(&str, Sign); 2] = [("ES256", Published::es256), ("EdDSA", Published::eddsa)];
    for (name, sign) in controls {
        let away = house.leave().await;
        let opened = house.back_with(&away, sign(&keys, &good(&away))).await;
        assert_eq!(
            (opened.status().as_u16(), session(&opened).is_some()),
            (303, true),
            "{name}"
        );
    }
    println!(
        "{count} forged tokens of {} kinds, {} taken; controls: 3 good ones taken",
        kinds.len(),
        taken.len()
    );
    assert!(taken.is_empty(), "{taken:#?}");
}
