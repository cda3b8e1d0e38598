//! What every store of objects promises.
//!
//! `open` opens the store of the given name: empty at the first call, the same objects afterwards.

use crate::error::PortError;
use crate::objects::Objects;
use bytes::Bytes;
use std::sync::Arc;

/// Runs every promise, each on a store of its own.
pub async fn all<F: AsyncFn(&str) -> Arc<dyn Objects>>(open: F) {
    the_first_one_wins(open("the_first_one_wins").await).await;
    one_of_many_wins(open("one_of_many_wins").await).await;
    hints_are_replaced(open("hints_are_replaced").await).await;
    returns_parts(open("returns_parts").await).await;
    lists_by_prefix(open("lists_by_prefix").await).await;
    deletes(open("deletes").await).await;
    refuses_bad_names(open("refuses_bad_names").await).await;
    survives_reopening(&open).await;
}

/// An object is never replaced.
pub async fn the_first_one_wins(objects: Arc<dyn Objects>) {
    assert_eq!(objects.get("a/b").await.unwrap(), None);
    assert!(
        objects
            .put_if_absent("a/b", Bytes::from_static(b"first"))
            .await
            .unwrap()
    );
    assert!(
        !objects
            .put_if_absent("a/b", Bytes::from_static(b"second"))
            .await
            .unwrap()
    );
    assert_eq!(objects.get("a/b").await.unwrap().unwrap(), "first");
    assert!(objects.put_if_absent("empty", Bytes::new()).await.unwrap());
    assert_eq!(objects.get("empty").await.unwrap(), Some(Bytes::new()));
}

/// Of many that come at once, exactly one wins, and the object is whole.
pub async fn one_of_many_wins(objects: Arc<dyn Objects>) {
    let tasks = (0..16_u8).map(|task| {
        let objects = objects.clone();
        tokio::spawn(async move {
            objects
                .put_if_absent("x/y", Bytes::from(vec![task; 50_000]))
                .await
                .unwrap()
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut winners = Vec::new();
    for (number, task) in (0..).zip(tasks) {
        if task.await.unwrap() {
            winners.push(number);
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(objects.get("x/y").await.unwrap().unwrap(), vec![winners[0]; 50_000]);
}

/// A hint takes the place of the one before; nothing else can be replaced.
pub async fn hints_are_replaced(objects: Arc<dyn Objects>) {
    assert_eq!(objects.size("log/_last_checkpoint").await.unwrap(), None);
    for content in ["first, long", "second", ""] {
        objects
            .replace("log/_last_checkpoint", Bytes::from_static(content.as_bytes()))
            .await
            .unwrap();
        assert_eq!(objects.get("log/_last_checkpoint").await.unwrap().unwrap(), content);
        assert_eq!(
            objects.size("log/_last_checkpoint").await.unwrap(),
            Some(content.len() as u64)
        );
    }
    assert_eq!(objects.list("").await.unwrap(), ["log/_last_checkpoint"]);
    let error = objects.replace("log/1", Bytes::new()).await.unwrap_err();
    assert!(matches!(error, PortError::Misuse(_)), "{error}");
    assert_eq!(objects.get("log/1").await.unwrap(), None);
}

/// Ranges are cut at the end of the object.
pub async fn returns_parts(objects: Arc<dyn Objects>) {
    objects
        .put_if_absent("digits", Bytes::from_static(b"0123456789"))
        .await
        .unwrap();
    for (range, expected) in [
        (0..10, "0123456789"),
        (3..5, "34"),
        (8..100, "89"),
        (10..20, ""),
        (50..60, ""),
        (4..4, ""),
    ] {
        assert_eq!(
            objects.get_range("digits", range.clone()).await.unwrap().unwrap(),
            expected,
            "{range:?}"
        );
    }
    assert_eq!(objects.get_range("absent", 0..1).await.unwrap(), None);
}

/// Names come sorted, by a prefix of the whole name, from all depths.
pub async fn lists_by_prefix(objects: Arc<dyn Objects>) {
    let names = ["a.b", "a/1", "a/2/x", "a=1/y", "ab", "b/c/d/e", "b/cd"];
    for name in names.iter().rev() {
        objects.put_if_absent(name, Bytes::new()).await.unwrap();
    }
    for prefix in ["", "a", "a/", "a/2", "b/c", "b/c/", "b/c/d/e", "c", "b/x/", "../", "/"] {
        let expected: Vec<&str> = names.iter().copied().filter(|name| name.starts_with(prefix)).collect();
        assert_eq!(objects.list(prefix).await.unwrap(), expected, "prefix '{prefix}'");
    }
}

/// A removed object is gone, and its name is free.
pub async fn deletes(objects: Arc<dyn Objects>) {
    objects.put_if_absent("a/b", Bytes::from_static(b"1")).await.unwrap();
    objects.delete("a/b").await.unwrap();
    objects.delete("a/b").await.unwrap();
    objects.delete("never/was").await.unwrap();
    assert_eq!(objects.get("a/b").await.unwrap(), None);
    assert_eq!(objects.list("").await.unwrap(), Vec::<String>::new());
    assert!(objects.put_if_absent("a/b", Bytes::from_static(b"2")).await.unwrap());
    assert_eq!(objects.get("a/b").await.unwrap().unwrap(), "2");
}

/// A name that could leave the store, or that another engine could not bear, is refused by every call.
pub async fn refuses_bad_names(objects: Arc<dyn Objects>) {
    let long = "x".repeat(300);
    let names = [
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        ".",
        "..",
        "a/../b",
        ".hidden",
        "a/.b",
        "a b",
        "a\\b",
        "phường",
        "a\0",
        &long,
    ];
    for name in names {
        let is_misuse =
            |result: Result<(), PortError>| assert!(matches!(result, Err(PortError::Misuse(_))), "'{name}'");
        is_misuse(objects.put_if_absent(name, Bytes::new()).await.map(drop));
        is_misuse(objects.replace(name, Bytes::new()).await);
        is_misuse(objects.size(name).await.map(drop));
        is_misuse(objects.get(name).await.map(drop));
        is_misuse(objects.get_range(name, 0..1).await.map(drop));
        is_misuse(objects.delete(name).await);
    }
}

/// What was answered is there after reopening.
pub async fn survives_reopening<F: AsyncFn(&str) -> Arc<dyn Objects>>(open: F) {
    for round in 0..3 {
        let objects = open("survives_reopening").await;
        for earlier in 0..round {
            assert_eq!(
                objects.get(&format!("round/{earlier}")).await.unwrap().unwrap(),
                format!("content {earlier}")
            );
        }
        assert!(
            objects
                .put_if_absent(&format!("round/{round}"), Bytes::from(format!("content {round}")))
                .await
                .unwrap()
        );
    }
}
