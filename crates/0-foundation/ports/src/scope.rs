//! What an actor may see, as conditions of a query (SEMANTICS 25): the one place where a list learns its limits.

use crate::query::Condition;
use kernel::actor::{Grant, Scope};
use kernel::id::TenantId;

/// Conditions over the indexes `classification` (a range) and `area` (equal), which every collection with a scope has;
/// `None` when the actor sees nothing at all.
pub fn visible(scope: &Scope, tenant: &TenantId) -> Option<Vec<Condition>> {
    let highest = scope.max_classification as i64;
    let mut conditions = vec![Condition::Between("classification", None, Some(highest + 1))];
    match &scope.areas {
        Grant::All => {}
        Grant::Only(areas) if areas.is_empty() => return None,
        Grant::Only(areas) => conditions.push(Condition::any_of("area", areas)),
    }
    (scope.tenant == *tenant).then_some(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::actor::Actor;
    use kernel::area::AreaCode;
    use kernel::classification::Classification;
    use std::collections::BTreeSet;

    #[test]
    fn an_actor_sees_its_tenant_its_areas_and_its_classes() {
        let own = TenantId::new("government").unwrap();
        let mut scope = Actor::service("test", &own).scope;
        scope.max_classification = Classification::Internal;
        let classes = Condition::Between("classification", None, Some(Classification::Internal as i64 + 1));
        assert_eq!(visible(&scope, &own), Some(vec![classes.clone()]));
        assert_eq!(visible(&scope, &TenantId::new("party").unwrap()), None);
        scope.areas = Grant::Only(BTreeSet::from([AreaCode::new("00070").unwrap()]));
        let areas = Condition::AnyOf("area", vec!["00070".to_owned()]);
        assert_eq!(visible(&scope, &own), Some(vec![classes, areas]));
        scope.areas = Grant::Only(BTreeSet::new());
        assert_eq!(visible(&scope, &own), None);
    }
}
