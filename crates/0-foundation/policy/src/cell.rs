//! The cells: which route is which action (`rules/cells.toml`).

use crate::action::Action;
use crate::error::PolicyError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// All cells.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Path templates, each with its methods.
    by_path: BTreeMap<String, BTreeMap<String, Action>>,
}

/// What a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The action of its cell.
    Action(Action),
    /// The path has cells, but none for this method.
    OtherMethod,
    /// There is no cell: nobody gets in.
    Nothing,
}

impl Cells {
    /// Reads the text of `cells.toml`.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let wrong = |what: String| PolicyError::File {
            file: "cells.toml",
            what,
        };
        let parts: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let mut cells = Self::default();
        for (route, action) in parts.into_values().flatten() {
            let (method, path) = route.split_once(' ').unwrap_or_default();
            let known = ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method);
            if !known || !path.starts_with('/') {
                return Err(wrong(format!(
                    "'{route}' is no route; write it as \"GET /api/v1/alerts/{{id}}\""
                )));
            }
            let action = action
                .parse::<Action>()
                .map_err(|error| wrong(format!("'{route}': {error}; add it to src/action.rs first")))?;
            let methods = cells.by_path.entry(path.to_owned()).or_default();
            if methods.insert(method.to_owned(), action).is_some() {
                return Err(wrong(format!("'{route}' stands twice; keep one line")));
            }
        }
        Ok(cells)
    }

    /// The cells inside this program. A mistake in the file leaves none, which lets nobody in.
    pub fn here() -> &'static Self {
        static CELLS: LazyLock<Cells> = LazyLock::new(|| Cells::read(TEXT).unwrap_or_default());
        &CELLS
    }

    /// What a request with this method to this path template meets.
    pub fn meet(&self, method: &str, path: &str) -> Met {
        let Some(methods) = self.by_path.get(path) else {
            return Met::Nothing;
        };
        let method = if method == "HEAD" { "GET" } else { method };
        methods
            .get(method)
            .map_or(Met::OtherMethod, |action| Met::Action(*action))
    }

    /// All cells as method, path, action.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, Action)> {
        self.by_path.iter().flat_map(|(path, methods)| {
            methods
                .iter()
                .map(move |(method, action)| (method.as_str(), path.as_str(), *action))
        })
    }

    /// The routes, as method and path, that have no cell: nobody has said who may use them.
    pub fn without_cell<'a>(&self, routes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
        let open = routes
            .into_iter()
            .filter(|(method, path)| !matches!(self.meet(method, path), Met::Action(_)));
        let told = open.map(|(method, path)| {
            format!(
                "route \"{method} {path}\" has no cell: add its line to crates/0-foundation/policy/rules/cells.toml"
            )
        });
        told.collect()
    }

    /// The cells whose route is gone; they harm nobody and tell reviewers what is not true.
    pub fn without_route<'a>(&self, routes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
        let routes: BTreeSet<(&str, &str)> = routes.into_iter().collect();
        let left = self
            .all()
            .filter(|(method, path, _)| !routes.contains(&(*method, *path)));
        let told = left.map(|(method, path, _)| {
            format!("the cell \"{method} {path}\" has no route: remove its line from policy/rules/cells.toml")
        });
        told.collect()
    }
}

const TEXT: &str = include_str!("../rules/cells.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_inside_can_be_read() {
        let cells = Cells::read(TEXT).unwrap();
        assert!(cells.all().count() > 40);
        assert_eq!(cells.meet("HEAD", "/api/v1/alerts"), Met::Action(Action::AlertRead));
        assert_eq!(cells.meet("DELETE", "/api/v1/alerts"), Met::OtherMethod);
        assert_eq!(cells.meet("GET", "/api/v1/alerts/1"), Met::Nothing);
    }

    #[test]
    fn mistakes_are_told_with_the_line() {
        for (text, told) in [
            ("[a]\n\"alerts\" = \"alert.read\"", "'alerts' is no route"),
            ("[a]\n\"GET /x\" = \"alert.burn\"", "'alert.burn' is not an action"),
            (
                "[a]\n\"GET /x\" = \"alert.read\"\n[b]\n\"GET /x\" = \"alert.read\"",
                "stands twice",
            ),
            ("[a", "cells.toml"),
        ] {
            let error = Cells::read(text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_route_without_a_cell_and_a_cell_without_a_route_are_found() {
        let cells = Cells::read("[a]\n\"GET /x\" = \"alert.read\"\n\"GET /gone\" = \"alert.read\"").unwrap();
        let routes = [("GET", "/x"), ("POST", "/x"), ("GET", "/planted")];
        let holes = cells.without_cell(routes);
        assert_eq!(holes.len(), 2, "{holes:?}");
        assert!(
            holes[0].contains("\"POST /x\" has no cell") && holes[1].contains("/planted"),
            "{holes:?}"
        );
        let left = cells.without_route(routes);
        assert!(
            left.len() == 1 && left[0].contains("\"GET /gone\" has no route"),
            "{left:?}"
        );
    }
}
