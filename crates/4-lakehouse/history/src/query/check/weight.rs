//! What a statement comes to when each name of a WITH is written out, which is what the planner does: names that refer to
//! each other twice double with every step.

use datafusion::sql::sqlparser::ast::{Query, Visit, Visitor, visit_relations};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Most tables that a statement comes to when each name of a WITH is written out, which is what the planner does.
pub(super) const MAX_TABLES: u64 = 300;

/// How many tables a query comes to. Names that stand for two queries count as the larger one.
pub(super) fn written_out(query: &Query) -> u64 {
    let mut weights = Weights::default();
    loop {
        weights.changed = false;
        let _ = query.visit(&mut weights);
        let total = weights.of(query);
        if !weights.changed || total > MAX_TABLES {
            return total;
        }
    }
}

/// What each name of a WITH comes to.
#[derive(Default)]
struct Weights {
    known: HashMap<String, u64>,
    changed: bool,
}

impl Weights {
    /// All tables of a query, those of its subqueries included.
    fn of(&self, query: &Query) -> u64 {
        let mut sum = 0_u64;
        let _ = visit_relations(query, |name| {
            let known = self.known.get(&plain(&name.to_string()));
            sum = sum.saturating_add(known.copied().unwrap_or(1));
            ControlFlow::<()>::Continue(())
        });
        sum
    }
}

/// A name without its quotes, in lower case.
fn plain(name: &str) -> String {
    name.replace(['"', '`', '[', ']'], "").to_lowercase()
}

impl Visitor for Weights {
    type Break = ();

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for named in query.with.iter().flat_map(|with| &with.cte_tables) {
            // no more than just too many, so that this ends
            let weight = self.of(&named.query).clamp(1, MAX_TABLES + 1);
            let name = plain(&named.alias.name.to_string());
            let held = self.known.entry(name).or_insert(0);
            if weight > *held {
                *held = weight;
                self.changed = true;
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn names_that_double_each_other_are_counted_before_they_are_written_out() {
        let mut doubling = "with t0 as (select 1 x from series)".to_owned();
        for n in 0..30 {
            doubling += &format!(", T{} as (select a.x from t{n} a, t{n} b)", n + 1);
        }
        doubling += " select count(*) from t30";
        assert!(check(&doubling).is_err());
        let mut nested = "with t0 as (select 1 x from series)".to_owned();
        for n in 0..30 {
            nested += &format!(
                ", t{} as (with c as (select a.x from t{n} a, t{n} b) select x from c)",
                n + 1
            );
        }
        nested += " select count(*) from t30";
        assert!(check(&nested).is_err());
        let mut chain = "with t0 as (select 1 x from series)".to_owned();
        for n in 0..30 {
            chain += &format!(", t{} as (select x + 1 as x from t{n})", n + 1);
        }
        assert!(check(&(chain + " select count(*) from t30")).is_ok());
    }
}
