//! Laws that hold after any sequence of upgrades, edits and choices: compared with a model that keeps everything.

use crate::stage::{Stage, incoming, keeper, name};
use pack::model::{Change, State};
use pack::service::Take;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};

#[derive(Clone, Debug)]
enum Act {
    /// The program is started with this text of the pack, or without the file.
    Start(Option<u8>),
    /// A pack is loaded.
    Load(Option<u8>),
    Put(u8),
    Lift,
    Take(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let base = || prop_oneof![1 => Just(None), 4 => (0_u8..4).prop_map(Some)];
    prop_oneof![
        base().prop_map(Act::Start),
        base().prop_map(Act::Load),
        (0_u8..6).prop_map(Act::Put),
        Just(Act::Lift),
        (0_u8..3).prop_map(Act::Take),
    ]
}

fn text(n: u8) -> String {
    format!("head\nvalue: {n}\nmiddle\nmore\ntail: {}\n", n / 2)
}

const PATH: &str = "rules/a.yaml";

fn pack(text: Option<&String>) -> pack::model::Incoming {
    let rest = ("rules/other.yaml", "other");
    match text {
        Some(text) => incoming("any", &[(PATH, text), rest]),
        None => incoming("any", &[rest]),
    }
}

/// Everything that a person has wished, and every text that was there.
#[derive(Default)]
struct Model {
    overlay: Option<String>,
    base: Option<String>,
    started: Option<Option<String>>,
    texts: Vec<String>,
}

async fn play(acts: Vec<Act>) {
    let (stage, mut model) = (Stage::new(), Model::default());
    let rule = name(PATH);
    for act in acts {
        let before = stage.store.item(&rule).await.unwrap().map(|stored| stored.item);
        let state = before.as_ref().map_or(State::Absent, pack::model::Item::state);
        match &act {
            Act::Start(base) => {
                let base = base.map(text);
                stage.start(pack(base.as_ref())).await;
                if model.started.as_ref() != Some(&base) {
                    model.base.clone_from(&base);
                    model.started = Some(base);
                }
            }
            Act::Load(base) => {
                model.base = base.map(text);
                stage.load(pack(model.base.as_ref())).await;
            }
            Act::Put(n) => {
                stage.put(PATH, &text(*n)).await;
                model.overlay = Some(text(*n));
            }
            Act::Lift => {
                let done = stage.packs.lift(&keeper(), &rule, None).await;
                assert_eq!(done.is_ok(), model.overlay.take().is_some());
            }
            Act::Take(which) => {
                let take = match which {
                    0 => Take::Overlay,
                    1 => Take::Base,
                    _ => Take::Text(text(9)),
                };
                let done = stage.packs.resolve(&keeper(), &rule, &take, None).await;
                assert_eq!(done.is_ok(), state == State::Conflict, "{act:?}");
                match (done.is_ok(), take) {
                    (true, Take::Base) => model.overlay = None,
                    (true, Take::Text(text)) => model.overlay = Some(text),
                    _ => {}
                }
                if done.is_ok() {
                    assert!(
                        stage.packs.conflicts(&keeper()).await.unwrap().is_empty(),
                        "a choice settles it"
                    );
                }
            }
        }
        model
            .texts
            .extend(model.overlay.clone().into_iter().chain(model.base.clone()));
        // an overlay is lost by nobody but a person, and what counts is it or else the pack's text
        let counts = model.overlay.as_ref().or(model.base.as_ref());
        assert_eq!(stage.text(PATH).await.as_ref(), counts, "{act:?}");
        check(&stage, &model).await;
    }
}

/// Every text is there under its version, numbers have no gap, and the item tells the truth about them.
async fn check(stage: &Stage, model: &Model) {
    let rule = name(PATH);
    let versions = stage.store.versions(&rule).await.unwrap();
    for (place, version) in versions.iter().enumerate() {
        assert_eq!(version.number as usize, place + 1);
        let again = stage.packs.version(&keeper(), &rule, version.number).await.unwrap();
        assert_eq!(&again, version);
        assert_eq!(version.text.as_deref().map(pack::model::sha256), version.sha256);
    }
    for text in &model.texts {
        assert!(
            versions.iter().any(|version| version.text.as_ref() == Some(text)),
            "{text}"
        );
    }
    let Some(stored) = stage.store.item(&rule).await.unwrap() else {
        assert!(versions.is_empty());
        return;
    };
    let item = stored.item;
    assert_eq!(item.latest as usize, versions.len());
    let base = versions
        .iter()
        .rev()
        .find(|version| matches!(version.change, Change::Base | Change::BaseGone));
    assert_eq!(
        item.base,
        base.filter(|base| base.change == Change::Base).map(|base| base.number)
    );
    let waits = !stage.packs.conflicts(&keeper()).await.unwrap().is_empty();
    assert_eq!(waits, item.state() == State::Conflict);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn an_overlay_is_never_lost_and_every_version_stays(acts in vec(act(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(acts));
    }
}
