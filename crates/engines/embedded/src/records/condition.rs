//! One condition as SQL: the documents that hold, or a test of one document.

use rusqlite::types::Value as Sql;

/// SQL with the values of its `?` in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Sql>,
}

impl Statement {
    pub(super) fn push(&mut self, sql: &str, values: impl IntoIterator<Item = Sql>) {
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.push(&other.sql, other.values);
    }
}

/// A condition over a numbered index.
#[derive(Clone, Debug)]
pub(super) enum Test {
    AnyOf(i64, Vec<String>),
    Between(i64, Option<i64>, Option<i64>),
    Words(Vec<String>),
    Touches(i64, [f64; 4]),
}

impl Test {
    /// The documents that hold, in a column `document`; a document may come several times.
    pub(super) fn documents(&self) -> Statement {
        let mut statement = Statement::default();
        match self {
            Self::AnyOf(name, values) => {
                let values = [Sql::Text(as_json(values)), Sql::Integer(*name)];
                statement.push(
                    "SELECT e.document AS document FROM json_each(?) j
                     CROSS JOIN equals e ON e.name = ? AND e.value = j.value",
                    values,
                );
            }
            Self::Between(name, from, to) => {
                let name = [Sql::Integer(*name)];
                statement.push(
                    "SELECT r.document AS document FROM ranges r INDEXED BY ranges_order WHERE r.name = ?",
                    name,
                );
                statement.add(bounds("r.value", *from, *to));
            }
            Self::Words(tokens) => {
                let quoted: Vec<String> = tokens
                    .iter()
                    .map(|token| format!("\"{}\" *", token.replace('"', "\"\"")))
                    .collect();
                let asked = [Sql::Text(quoted.join(" AND "))];
                statement.push("SELECT w.rowid AS document FROM words w WHERE words MATCH ?", asked);
            }
            Self::Touches(name, [west, south, east, north]) => {
                let near = [*east, *west, *north, *south].map(Sql::Real);
                statement.push(
                    "SELECT p.document AS document FROM boxes b CROSS JOIN places p ON p.id = b.id
                     WHERE b.west <= ? AND b.east >= ? AND b.south <= ? AND b.north >= ?",
                    near.clone(),
                );
                statement.push(
                    " AND b.first_name <= ? AND b.last_name >= ?",
                    [*name, *name].map(Sql::Integer),
                );
                statement.push(
                    " AND p.west <= ? AND p.east >= ? AND p.south <= ? AND p.north >= ?",
                    near,
                );
            }
        }
        statement
    }

    /// Whether the document that the expression `document` names holds.
    pub(super) fn probe(&self, document: &str) -> Statement {
        let mut statement = Statement::default();
        match self {
            Self::AnyOf(name, values) => {
                let sql = format!(
                    "(SELECT 1 FROM json_each(?) j CROSS JOIN equals e
                      ON e.name = ? AND e.value = j.value AND e.document = {document} LIMIT 1) IS NOT NULL"
                );
                statement.push(&sql, [Sql::Text(as_json(values)), Sql::Integer(*name)]);
            }
            Self::Between(name, from, to) => {
                let sql = format!("(SELECT 1 FROM ranges t WHERE t.name = ? AND t.document = {document}");
                statement.push(&sql, [Sql::Integer(*name)]);
                statement.add(bounds("t.value", *from, *to));
                statement.push(") IS NOT NULL", []);
            }
            Self::Words(tokens) => {
                statement.push("(SELECT true", []);
                for token in tokens {
                    statement.push(" AND instr(w.words, ?)", [Sql::Text(format!(" {token}"))]);
                }
                statement.push(&format!(" FROM documents w WHERE w.id = {document})"), []);
            }
            Self::Touches(name, [west, south, east, north]) => {
                let sql = format!(
                    "(SELECT 1 FROM places p WHERE p.name = ? AND p.document = {document}
                      AND p.west <= ? AND p.east >= ? AND p.south <= ? AND p.north >= ? LIMIT 1) IS NOT NULL"
                );
                let box_values = [*east, *west, *north, *south].map(Sql::Real);
                statement.push(&sql, std::iter::once(Sql::Integer(*name)).chain(box_values));
            }
        }
        statement
    }
}

/// `from <= column < to`, as far as the ends are given.
pub(super) fn bounds(column: &str, from: Option<i64>, to: Option<i64>) -> Statement {
    let mut statement = Statement::default();
    if let Some(from) = from {
        statement.push(&format!(" AND {column} >= ?"), [Sql::Integer(from)]);
    }
    if let Some(to) = to {
        statement.push(&format!(" AND {column} < ?"), [Sql::Integer(to)]);
    }
    statement
}

fn as_json(values: &[String]) -> String {
    serde_json::Value::from(values).to_string()
}
