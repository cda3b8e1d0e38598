//! What happens: pure rules without storage, clock or network. State and a deed go in, a fact comes out.

use crate::error::__Name__Error;
use crate::fact::{Happened, Kind};
use crate::model::{__Name__, Witness};
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::time::Timestamp;
use uuid::Uuid;

/// Longest title, in bytes of UTF-8.
pub const MAX_TITLE: usize = 500;
/// Most areas of one.
pub const MAX_AREAS: usize = 200;

/// Who does something, when, and under which id it is told.
#[derive(Clone, Debug)]
pub struct Deed {
    /// UUIDv7 for a person, derived otherwise.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
}

/// Begins one.
pub fn open(title: &str, mut areas: Vec<AreaCode>, deed: Deed) -> Result<(__Name__, Happened), __Name__Error> {
    let invalid = |field, what| Err(__Name__Error::Invalid { field, what });
    let title = title.trim();
    if title.is_empty() || title.len() > MAX_TITLE {
        let what = format!("has {} bytes; write 1 to {MAX_TITLE}", title.len());
        return invalid("title", what);
    }
    if areas.len() > MAX_AREAS {
        return invalid("areas", format!("has {} entries; name at most {MAX_AREAS}", areas.len()));
    }
    areas.sort_unstable();
    areas.dedup();
    let it = __Name__ {
        id: deed.id,
        title: title.to_owned(),
        areas,
        classification: Classification::Internal,
        opened: Witness {
            by: deed.by.clone(),
            at: deed.at,
        },
        closed: None,
    };
    Ok((it, happened(Kind::Opened, deed)))
}

/// Ends one; an ended one stays as it is.
pub fn close(it: &mut __Name__, deed: Deed) -> Result<Happened, __Name__Error> {
    if let Some(closed) = &it.closed {
        return Err(__Name__Error::Closed(closed.clone()));
    }
    it.closed = Some(Witness {
        by: deed.by.clone(),
        at: deed.at,
    });
    Ok(happened(Kind::Closed, deed))
}

fn happened(kind: Kind, deed: Deed) -> Happened {
    let Deed { id, at, by } = deed;
    Happened { id, kind, at, by }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(second: i64) -> Deed {
        Deed {
            id: Uuid::now_v7(),
            at: Timestamp::from_seconds(second),
            by: ActorId::Service("test".into()),
        }
    }

    #[test]
    fn titles_are_checked() {
        for (title, good) in [("Một", true), (" ", false), ("", false)] {
            assert_eq!(open(title, Vec::new(), deed(0)).is_ok(), good, "{title:?}");
        }
        assert!(open(&"a".repeat(MAX_TITLE + 1), Vec::new(), deed(0)).is_err());
    }

    #[test]
    fn it_ends_once() {
        let (mut it, opened) = open("Một", Vec::new(), deed(0)).unwrap();
        assert_eq!(opened.kind, Kind::Opened);
        assert_eq!(close(&mut it, deed(1)).unwrap().kind, Kind::Closed);
        let before = it.clone();
        assert!(matches!(close(&mut it, deed(2)), Err(__Name__Error::Closed(_))));
        assert_eq!(it, before);
    }
}
