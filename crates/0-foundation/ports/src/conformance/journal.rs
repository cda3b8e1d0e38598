//! What every engine must do with facts and cursors.

use super::records::{Ports, changes, fact, put};
use crate::error::PortError;
use crate::journal::Journal;
use crate::records::{Expect, Records, Transaction};
use kernel::fact::Fact;
use std::sync::Arc;

/// Runs every promise about the journal; `open` gives a new, empty engine at each call.
pub async fn all(open: impl AsyncFn() -> Ports) {
    facts_come_back_whole_and_in_order(open().await).await;
    kinds_are_chosen_by_prefix(open().await).await;
    a_fact_is_appended_once(open().await).await;
    the_head_wakes_its_readers(open().await).await;
    no_reader_skips_a_late_fact(open().await).await;
    a_cursor_moves_with_its_transaction(open().await).await;
    forgetting_spares_what_a_cursor_needs(open().await).await;
}

async fn publish(records: &Arc<dyn Records>, facts: Vec<Fact>) -> Option<u64> {
    let transaction = Transaction {
        facts,
        ..Transaction::default()
    };
    records.commit(transaction).await.expect("the commit succeeds").journal
}

async fn advance(records: &Arc<dyn Records>, consumer: &str, number: u64) {
    let transaction = Transaction {
        cursor: Some((consumer.to_owned(), number)),
        ..Transaction::default()
    };
    records.commit(transaction).await.expect("the commit succeeds");
}

async fn subjects(journal: &Arc<dyn Journal>, after: u64, kinds: &[&str], limit: usize) -> Vec<String> {
    let entries = journal.read(after, kinds, limit).await.expect("the journal answers");
    assert!(
        entries.windows(2).all(|pair| pair[0].number < pair[1].number),
        "numbers grow"
    );
    assert!(entries.iter().all(|entry| entry.number > after), "nothing from before");
    entries.into_iter().map(|entry| entry.fact.subject).collect()
}

async fn facts_come_back_whole_and_in_order((records, journal): Ports) {
    assert_eq!(*journal.head().borrow(), 0);
    assert_eq!(journal.oldest().await, Ok(1));
    let (first, second, third) = (fact("a.made.v1", "1"), fact("a.made.v1", "2"), fact("b.made.v1", "3"));
    let number = publish(&records, vec![first.clone(), second.clone()])
        .await
        .expect("both are new");
    assert!(number >= 2);
    let last = publish(&records, vec![third.clone()]).await.expect("it is new");
    assert!(last > number);
    let entries = journal.read(0, &[], 100).await.unwrap();
    let facts: Vec<&Fact> = entries.iter().map(|entry| &entry.fact).collect();
    assert_eq!(facts, [&first, &second, &third]);
    assert_eq!((entries[1].number, entries[2].number), (number, last));
    assert_eq!(subjects(&journal, 0, &[], 2).await, ["1", "2"]);
    assert_eq!(subjects(&journal, number, &[], 100).await, ["3"]);
    assert_eq!(subjects(&journal, last, &[], 100).await, [""; 0]);
    assert_eq!(subjects(&journal, 0, &[], 0).await, [""; 0]);
}

async fn kinds_are_chosen_by_prefix((records, journal): Ports) {
    let kinds = [
        "alert.raised.v1",
        "alert.cleared.v1",
        "alerting.v1",
        "signal.published.v1",
        "alert.raised.v1",
    ];
    let facts = kinds
        .iter()
        .enumerate()
        .map(|(number, kind)| fact(kind, &number.to_string()))
        .collect();
    publish(&records, facts).await;
    for (kinds, limit, expected) in [
        (&["alert."][..], 10, "014"),
        (&["alert"], 10, "0124"),
        (&["alert."], 2, "01"),
        (&["signal.", "alert.raised"], 10, "034"),
        (&["alert.", "alert.raised"], 10, "014"),
        (&["alert.raised.v1", "alert.cleared.v1"], 2, "01"),
        (&["rule.", "nothing"], 10, ""),
        (&["a%", "alert_"], 10, ""),
        (&[""], 10, "01234"),
        (&[], 10, "01234"),
    ] {
        assert_eq!(
            subjects(&journal, 0, kinds, limit).await.concat(),
            expected,
            "{kinds:?}"
        );
    }
}

async fn a_fact_is_appended_once((records, journal): Ports) {
    let known = fact("a.made.v1", "1");
    let first = publish(&records, vec![known.clone()]).await;
    assert_eq!(publish(&records, vec![known.clone()]).await, None, "passed over");
    let later = publish(&records, vec![known.clone(), fact("a.made.v1", "2"), known.clone()]).await;
    assert!(later > first);
    let twin = fact("a.made.v1", "3");
    publish(&records, vec![twin.clone(), twin]).await;
    assert_eq!(subjects(&journal, 0, &[], 10).await, ["1", "2", "3"]);
}

async fn the_head_wakes_its_readers((records, journal): Ports) {
    let mut head = journal.head();
    let waiting = tokio::spawn(async move { head.wait_for(|number| *number > 0).await.map(|number| *number) });
    let number = publish(&records, vec![fact("a.made.v1", "1")])
        .await
        .expect("it is new");
    assert_eq!(
        *journal.head().borrow(),
        number,
        "the head stands there when the commit answers"
    );
    let seen = waiting.await.expect("the task ends").expect("the engine lives");
    assert_eq!(seen, number);
    assert_eq!(subjects(&journal, 0, &[], 10).await, ["1"]);
}

async fn no_reader_skips_a_late_fact((records, journal): Ports) {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let records = Arc::clone(&records);
            tokio::spawn(async move {
                for turn in 0..EACH {
                    let facts = vec![
                        fact("a.made.v1", &format!("{writer}/{turn}")),
                        fact("b.made.v1", "same"),
                    ];
                    let key = format!("{writer}");
                    let transaction = Transaction {
                        changes: vec![put(&key, Expect::Any, b"x")],
                        facts,
                        cursor: None,
                    };
                    records.commit(transaction).await.expect("the commit succeeds");
                }
            })
        })
        .collect();
    let mut head = journal.head();
    let (mut after, mut seen) = (0, Vec::new());
    while seen.len() < WRITERS * EACH {
        let announced = *head.borrow_and_update();
        let entries = journal.read(after, &["a."], 7).await.expect("the journal answers");
        let Some(last) = entries.last() else {
            if announced <= after {
                head.changed().await.expect("the engine lives");
            }
            after = after.max(announced);
            continue;
        };
        assert!(entries[0].number > after && entries.windows(2).all(|pair| pair[0].number < pair[1].number));
        after = last.number;
        seen.extend(entries.into_iter().map(|entry| entry.fact.subject));
    }
    for writer in writers {
        writer.await.expect("the task ends");
    }
    for writer in 0..WRITERS {
        let prefix = format!("{writer}/");
        let own: Vec<&String> = seen.iter().filter(|subject| subject.starts_with(&prefix)).collect();
        let expected: Vec<String> = (0..EACH).map(|turn| format!("{writer}/{turn}")).collect();
        assert_eq!(
            own,
            expected.iter().collect::<Vec<_>>(),
            "every fact once, in the order of its writer"
        );
    }
}

async fn a_cursor_moves_with_its_transaction((records, journal): Ports) {
    assert_eq!(journal.cursor("alert").await, Ok(0));
    let number = publish(&records, vec![fact("a.made.v1", "1")])
        .await
        .expect("it is new");
    advance(&records, "alert", number).await;
    assert_eq!(journal.cursor("alert").await, Ok(number));
    assert_eq!(journal.cursor("alert2").await, Ok(0));
    let mut failing = changes(vec![put("x", Expect::Version(4), b"1")]);
    failing.cursor = Some(("alert".to_owned(), number + 1));
    let answer = records.commit(failing).await;
    assert!(matches!(answer, Err(PortError::Conflict { .. })), "{answer:?}");
    assert_eq!(journal.cursor("alert").await, Ok(number));
}

async fn forgetting_spares_what_a_cursor_needs((records, journal): Ports) {
    let mut numbers = Vec::new();
    for subject in 1..=6 {
        numbers.extend(publish(&records, vec![fact("a.made.v1", &subject.to_string())]).await);
    }
    advance(&records, "fast", numbers[4]).await;
    advance(&records, "slow", numbers[1]).await;
    assert_eq!(journal.forget(numbers[5]).await, Ok(2));
    assert_eq!(journal.oldest().await, Ok(numbers[2]));
    assert_eq!(subjects(&journal, 0, &[], 10).await, ["3", "4", "5", "6"]);
    advance(&records, "slow", numbers[5]).await;
    assert_eq!(journal.forget(numbers[3]).await, Ok(2), "no more than was asked");
    assert_eq!(subjects(&journal, 0, &["a."], 10).await, ["5", "6"]);
    advance(&records, "fast", numbers[5]).await;
    assert_eq!(journal.forget(u64::MAX).await, Ok(2));
    assert_eq!(subjects(&journal, 0, &[], 10).await, [""; 0]);
    assert!(
        journal.oldest().await.unwrap() > numbers[5],
        "a reader at the head has no gap, one before it has"
    );
    assert_eq!(*journal.head().borrow(), numbers[5]);
    let next = publish(&records, vec![fact("a.made.v1", "7")])
        .await
        .expect("it is new");
    assert!(next > numbers[5], "numbers are never used again");
}
