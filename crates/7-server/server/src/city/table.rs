//! Tables of a pack (CSV): read line by line, so that each mistake has its line and column.

use super::place::{Place, mistake};
use chassis::yaml::Mistake;

/// A table whose first line names its columns. A line that begins with `#` is a comment.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) file: &'a str,
    columns: Vec<String>,
    pub(crate) rows: Vec<Row<'a>>,
}

/// One line of it.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    line: u64,
    raw: &'a str,
    fields: Vec<String>,
}

impl<'a> Table<'a> {
    /// Reads a table that must have the `required` columns and may have the `optional` ones. Lines of another length are
    /// mistakes and left out.
    pub(crate) fn read(
        file: &'a str,
        text: &'a str,
        required: &[&str],
        optional: &[&str],
        wrong: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let lines = text.lines().enumerate();
        let mut lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let all = [required, optional].concat().join(",");
        let Some((number, head)) = lines.next() else {
            let advice = format!("write a first line {all}");
            wrong.push(mistake(file, super::place::BEGIN, "the table is empty", advice));
            return None;
        };
        let at = |column| (number as u64 + 1, column);
        let columns = fields(head.trim_start_matches('\u{feff}'));
        for missing in required
            .iter()
            .filter(|name| !columns.iter().any(|column| column == *name))
        {
            let advice = format!("the first line names them: {all}");
            wrong.push(mistake(
                file,
                at(1),
                format!("the column '{missing}' is missing"),
                advice,
            ));
        }
        for (index, column) in columns.iter().enumerate() {
            let place = at(column_of(head, index));
            if columns[..index].contains(column) {
                wrong.push(mistake(
                    file,
                    place,
                    format!("the column '{column}' stands twice"),
                    "remove one",
                ));
            } else if !required.contains(&column.as_str()) && !optional.contains(&column.as_str()) {
                let advice = format!("remove it; columns are {all}");
                wrong.push(mistake(file, place, format!("unknown column '{column}'"), advice));
            }
        }
        if required.iter().any(|name| !columns.iter().any(|column| column == name)) {
            return None;
        }
        let mut rows = Vec::new();
        for (number, raw) in lines {
            let line = number as u64 + 1;
            let fields = fields(raw);
            if fields.len() == columns.len() {
                rows.push(Row { line, raw, fields });
            } else {
                let what = format!("the line has {} fields, the first line {}", fields.len(), columns.len());
                let advice = "write one for each column; put a text with a comma into quotes";
                wrong.push(mistake(file, (line, 1), what, advice));
            }
        }
        Some(Self { file, columns, rows })
    }

    /// A field; empty where the table does not have the column.
    pub(crate) fn get<'r>(&self, row: &'r Row<'_>, column: &str) -> &'r str {
        let index = self.columns.iter().position(|name| name == column);
        index.and_then(|index| row.fields.get(index)).map_or("", String::as_str)
    }

    /// Where a field stands.
    pub(crate) fn place(&self, row: &Row<'_>, column: &str) -> Place {
        let index = self.columns.iter().position(|name| name == column);
        (row.line, index.map_or(1, |index| column_of(row.raw, index)))
    }

    /// A mistake in a field.
    pub(crate) fn wrong(
        &self,
        row: &Row<'_>,
        column: &str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Mistake {
        mistake(self.file, self.place(row, column), what, advice)
    }

    /// A number in a field, between two others.
    pub(crate) fn number(
        &self,
        row: &Row<'_>,
        column: &str,
        (least, most): (f64, f64),
        wrong: &mut Vec<Mistake>,
    ) -> Option<f64> {
        let text = self.get(row, column);
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let advice = format!("write a number from {least} to {most}, with a point");
            wrong.push(self.wrong(row, column, format!("{column} is '{text}'"), advice));
        }
        number
    }
}

impl Row<'_> {
    /// Its line in the file.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }
}

fn fields(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The column, from 1, in which a field begins.
fn column_of(line: &str, index: usize) -> u64 {
    let (mut field, mut quoted, mut column) = (0, false, 1);
    for c in line.chars() {
        if field == index {
            break;
        }
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => field += 1,
            _ => {}
        }
        column += 1;
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_fields_with_their_places() {
        let text = "# for people\nid,name,lon\na,\"b, c\",1.5\n\nd,e\n";
        let mut wrong = Vec::new();
        let table = Table::read("t.csv", text, &["id", "lon"], &["name"], &mut wrong).unwrap();
        let row = &table.rows[0];
        assert_eq!((table.get(row, "name"), table.place(row, "lon")), ("b, c", (3, 10)));
        assert_eq!(table.number(row, "lon", (0.0, 1.0), &mut wrong), None);
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "t.csv:5:1: the line has 2 fields, the first line 3; write one for each column; put a text with a comma into quotes",
                "t.csv:3:10: lon is '1.5'; write a number from 0 to 1, with a point",
            ]
        );
    }
}
