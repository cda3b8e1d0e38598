//! What people see of the views of SQL: names, columns and what they mean, from `resources/tables.toml`.

use super::rows::Column;
use super::sql::{OBSERVATION_COLUMNS, ROLLUP_COLUMNS};
use crate::lake::encode::file_schema;
use crate::lake::schema::series_schema;
use crate::model::TableName;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use kernel::text::LangText;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Words {
    title: LangText,
    columns: HashMap<String, LangText>,
}

static WORDS: LazyLock<HashMap<String, Words>> =
    LazyLock::new(|| toml::from_str(include_str!("../../resources/tables.toml")).unwrap_or_default());

/// A view as people see it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) name: &'static str,
    pub(crate) title: LangText,
    /// Name, type and meaning.
    pub(crate) columns: Vec<(String, &'static str, LangText)>,
}

/// All views over the lake.
pub(crate) fn views() -> Vec<Shown> {
    let files = |table: TableName, columns: &[&str]| -> Vec<Field> {
        let schema: SchemaRef = file_schema(table);
        columns
            .iter()
            .filter_map(|column| schema.field_with_name(column).ok().cloned())
            .collect()
    };
    let series: Vec<Field> = series_schema()
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    let observations = files(TableName::Observations, &OBSERVATION_COLUMNS);
    let values = values(&observations, &series);
    vec![
        shown("observations", observations),
        shown("observation_values", values),
        shown("series", series),
        shown("rollup_5m", files(TableName::Rollup5m, &ROLLUP_COLUMNS)),
        shown("rollup_1h", files(TableName::Rollup1h, &ROLLUP_COLUMNS)),
    ]
}

/// Columns of `observation_values`, in its order.
fn values(observations: &[Field], series: &[Field]) -> Vec<Field> {
    const ORDER: [&str; 14] = [
        "time",
        "device",
        "entity",
        "attribute",
        "name",
        "value",
        "text",
        "unit",
        "quality",
        "received",
        "areas",
        "title_vi",
        "title_en",
        "series",
    ];
    let find = |fields: &[Field], name: &str| fields.iter().find(|field| field.name() == name).cloned();
    let column = |name: &&str| match *name {
        "value" => find(observations, "number").map(|field| field.with_name("value")),
        "quality" => find(series, "name").map(|field| field.with_name("quality")),
        name => find(series, name).or_else(|| find(observations, name)),
    };
    ORDER.iter().filter_map(column).collect()
}

fn shown(name: &'static str, fields: Vec<Field>) -> Shown {
    let words = WORDS.get(name);
    let meaning = |column: &str| {
        words
            .and_then(|words| words.columns.get(column))
            .cloned()
            .unwrap_or_default()
    };
    Shown {
        name,
        title: words.map(|words| words.title.clone()).unwrap_or_default(),
        columns: fields
            .iter()
            .map(|field| {
                let column = Column::of(field);
                let meaning = meaning(&column.name);
                (column.name, column.kind, meaning)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_and_column_has_words_in_both_languages() {
        let views = views();
        assert_eq!(views.len(), 5);
        for view in &views {
            assert!(!view.title.vi.is_empty() && !view.title.en.is_empty(), "{}", view.name);
            assert!(view.columns.len() >= 9, "{}", view.name);
            for (column, _, meaning) in &view.columns {
                assert!(
                    !meaning.vi.is_empty() && !meaning.en.is_empty(),
                    "{}.{column}",
                    view.name
                );
            }
            assert_eq!(WORDS[view.name].columns.len(), view.columns.len(), "{}", view.name);
        }
    }
}
