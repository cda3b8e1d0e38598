//! What of SQL is let in: one SELECT or EXPLAIN over the views, nothing that changes, copies, sets or opens anything.

mod weight;

use super::error::{Mistake, QueryError};
use datafusion::sql::parser::{DFParserBuilder, ExplainStatement, Statement};
use datafusion::sql::sqlparser::ast::{self, Query, Select, SetExpr, Statement as Ast, TableFactor, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use std::ops::ControlFlow;
use weight::MAX_TABLES;

/// Longest statement, in bytes.
pub(crate) const MAX_SQL: usize = 20_000;
/// Most words and signs of a statement: what stands in it decides how deep the planner goes.
const MAX_TOKENS: usize = 3_000;
/// Most operators of one statement: chains of them become deep trees.
const MAX_OPERATORS: usize = 500;
/// Deepest nesting of parentheses and subqueries.
const MAX_DEPTH: usize = 40;

/// A statement that may be run.
#[derive(Debug)]
pub(crate) struct Checked {
    /// As parsed.
    pub(crate) statement: Statement,
    /// Whether it is an EXPLAIN, whose lines are not limited.
    pub(crate) explain: bool,
    /// Whether it is carried out: everything but a plain EXPLAIN.
    pub(crate) runs: bool,
}

/// Parses and checks.
pub(crate) fn check(sql: &str) -> Result<Checked, QueryError> {
    if sql.len() > MAX_SQL {
        let found = sql.len();
        return Err(forbidden(format!(
            "the statement has {found} bytes; {MAX_SQL} are allowed, ask for less at once"
        )));
    }
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, sql)
        .tokenize_with_location()
        .map_err(|error| {
            Mistake::new(error.message.clone())
                .at(error.location.line, error.location.column)
                .into_error()
        })?;
    let words = tokens
        .iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .count();
    let operators = tokens.iter().filter(|token| is_operator(&token.token)).count();
    if words > MAX_TOKENS || operators > MAX_OPERATORS {
        return Err(forbidden(format!(
            "the statement has {words} words and {operators} operators; {MAX_TOKENS} and {MAX_OPERATORS} are allowed: \
             write IN (...) instead of chains of OR, and join with a subquery instead of long lists"
        )));
    }
    let mut parser = DFParserBuilder::new(tokens)
        .with_dialect(&dialect)
        .with_recursion_limit(MAX_DEPTH)
        .build()
        .map_err(QueryError::from_engine)?;
    let mut statements = parser.parse_statements().map_err(QueryError::from_engine)?;
    let (Some(statement), true) = (statements.pop_front(), statements.is_empty()) else {
        return Err(forbidden("write exactly one statement".to_owned()));
    };
    judge(&statement)?;
    let (explain, runs) = match &statement {
        Statement::Explain(explain) => (true, explain.options.analyze),
        _ => (false, true),
    };
    Ok(Checked {
        statement,
        explain,
        runs,
    })
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => {
            let word = word.value.as_str();
            [
                "and",
                "or",
                "not",
                "union",
                "except",
                "intersect",
                "join",
                "between",
                "case",
                "when",
            ]
            .iter()
            .any(|operator| word.eq_ignore_ascii_case(operator))
        }
        Token::Plus
        | Token::Minus
        | Token::Mul
        | Token::Div
        | Token::Mod
        | Token::StringConcat
        | Token::DoubleColon
        | Token::Pipe
        | Token::Ampersand
        | Token::Caret
        | Token::LBracket
        | Token::Tilde
        | Token::ExclamationMark => true,
        _ => false,
    }
}

fn forbidden(detail: String) -> QueryError {
    QueryError::Forbidden(detail)
}

fn judge(statement: &Statement) -> Result<(), QueryError> {
    let only = "only one SELECT (or EXPLAIN SELECT) is let in here; the views are read-only";
    match statement {
        Statement::Statement(ast) => match &**ast {
            Ast::Query(query) => walk(query),
            other => Err(forbidden(format!("{} is off: {only}", first_word(other)))),
        },
        Statement::Explain(ExplainStatement { statement, .. }) => match &**statement {
            Statement::Statement(ast) if matches!(&**ast, Ast::Query(_)) => judge(statement),
            _ => Err(forbidden(format!("EXPLAIN explains a SELECT: {only}"))),
        },
        Statement::CreateExternalTable(_) => Err(forbidden(format!("CREATE EXTERNAL TABLE is off: {only}"))),
        Statement::CopyTo(_) => Err(forbidden(format!(
            "COPY is off: {only}; take the answer as CSV with Accept: text/csv"
        ))),
        Statement::Reset(_) => Err(forbidden(format!("RESET is off: {only}"))),
    }
}

fn first_word(ast: &Ast) -> String {
    let text = ast.to_string();
    text.split_whitespace().next().unwrap_or("this").to_uppercase()
}

fn walk(query: &Query) -> Result<(), QueryError> {
    if let ControlFlow::Break(detail) = query.visit(&mut Guard) {
        return Err(forbidden(detail));
    }
    let tables = weight::written_out(query);
    if tables > MAX_TABLES {
        return Err(forbidden(format!(
            "with every name of WITH written out the statement reads {tables} tables or more; {MAX_TABLES} are allowed, \
             refer to a name of WITH less often"
        )));
    }
    Ok(())
}

struct Guard;

impl Guard {
    fn body(body: &SetExpr) -> ControlFlow<String> {
        match body {
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                ControlFlow::Break("a SELECT that changes something is off; the views are read-only".to_owned())
            }
            SetExpr::SetOperation { left, right, .. } => {
                Self::body(left)?;
                Self::body(right)
            }
            SetExpr::Table(_) => ControlFlow::Break("write SELECT * FROM name instead of TABLE name".to_owned()),
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        }
    }
}

impl Visitor for Guard {
    type Break = String;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        if !query.locks.is_empty() {
            return ControlFlow::Break("FOR UPDATE and FOR SHARE are off; the views are read-only".to_owned());
        }
        if query.with.as_ref().is_some_and(|with| with.recursive) {
            return ControlFlow::Break("WITH RECURSIVE is off; it may never end".to_owned());
        }
        if query.settings.is_some() || query.format_clause.is_some() || query.for_clause.is_some() {
            return ControlFlow::Break("SETTINGS, FORMAT, FOR XML and FOR JSON are off".to_owned());
        }
        Self::body(&query.body)
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
        if select.into.is_some() {
            return ControlFlow::Break("SELECT INTO is off; the views are read-only".to_owned());
        }
        if let ast::GroupByExpr::Expressions(expressions, _) = &select.group_by {
            let many = |expression: &ast::Expr| matches!(expression, ast::Expr::Cube(_) | ast::Expr::GroupingSets(_));
            if expressions.iter().any(many) {
                return ControlFlow::Break(
                    "GROUP BY CUBE and GROUPING SETS are off; write ROLLUP, or one SELECT per grouping with UNION ALL"
                        .to_owned(),
                );
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<String> {
        match factor {
            TableFactor::Table { args: None, .. } | TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } => {
                ControlFlow::Continue(())
            }
            other => {
                let text: String = other.to_string().chars().take(60).collect();
                ControlFlow::Break(format!(
                    "{text} is off: FROM takes the views that GET /api/v1/sql/tables lists, and subqueries; table and file functions are off"
                ))
            }
        }
    }

    fn pre_visit_expr(&mut self, expr: &ast::Expr) -> ControlFlow<String> {
        if let ast::Expr::BinaryOp {
            op: ast::BinaryOperator::StringConcat,
            ..
        } = expr
        {
            return ControlFlow::Break("|| is off here; write concat(a, b), which knows its limits".to_owned());
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::error::Classified;

    #[test]
    fn one_select_or_explain_is_let_in() {
        for sql in [
            "select 1",
            "SELECT * FROM observations WHERE time > now() - interval '1 day' ORDER BY time LIMIT 5",
            "with a as (select 1 x) select * from a join a b on a.x = b.x",
            "select 1 union all select 2",
            "values (1), (2)",
            "explain select 1",
            "explain analyze select 1",
            "select a.x from (select 1 x) a, lateral (select a.x) b",
            "select 1;",
            "select 'drop table x; copy a to b' as harmless",
            "select areas, count(*) from series group by rollup(areas, org)",
        ] {
            assert!(check(sql).is_ok(), "{sql}: {:?}", check(sql).err());
        }
    }

    #[test]
    fn everything_else_is_refused_with_what_to_do() {
        for sql in [
            "copy observations to 'x.parquet'",
            "copy (select 1) to '/tmp/x.csv' stored as csv",
            "create table t as select 1",
            "create view v as select 1",
            "create external table t stored as parquet location '/etc/passwd'",
            "create or replace function f() returns int return 1",
            "drop table observations",
            "drop view observations",
            "insert into observations values (1)",
            "insert into observations select * from observations",
            "update observations set value = 1",
            "delete from observations",
            "truncate table observations",
            "set datafusion.execution.batch_size = 1",
            "reset datafusion.execution.batch_size",
            "show tables",
            "show all",
            "describe observations",
            "begin",
            "commit",
            "rollback",
            "prepare p as select 1",
            "execute p",
            "deallocate p",
            "use other",
            "analyze table observations",
            "explain insert into observations select 1",
            "explain copy observations to 'x'",
            "explain explain select 1",
            "select 1; select 2",
            "select 1; drop table observations",
            "",
            ";",
            "with x as (insert into observations values (1) returning *) select * from x",
            "select * into t from observations",
            "select * from read_parquet('/etc/passwd')",
            "select * from parquet_metadata('x')",
            "select * from generate_series(1, 1000000000000)",
            "select * from range(1, 1000000000000)",
            "select * from table(generate_series(1, 2))",
            "select * from lateral generate_series(1, 2)",
            "select * from (select * from range(1, 9)) t",
            "select (select count(*) from range(1, 9))",
            "select * from observations where series in (select * from range(1, 9))",
            "with recursive r as (select 1 n union all select n + 1 from r) select * from r",
            "select * from observations for update",
            "select 'a' || 'b'",
            "table observations",
            "select * from unnest([1,2,3])",
            "select count(*) from series group by cube(areas, org, device, name)",
            "select count(*) from series group by grouping sets((areas), (org))",
            "grant all on observations to x",
            "vacuum",
            "merge into observations using series on true when matched then delete",
            "call p()",
            "load 'x'",
            "attach 'x' as y",
            "pragma version",
            "kill 5",
        ] {
            let error = check(sql).expect_err(sql);
            let code = error.code();
            assert!(
                code == "sql_forbidden" || code == "sql_mistake",
                "{sql}: {code} {error}"
            );
        }
    }

    #[test]
    fn long_and_deep_statements_end_before_the_planner() {
        let chain = format!("select 1{}", "+1".repeat(600));
        let list = format!("select {}", vec!["1"; 2_000].join(","));
        let deep = format!("select {}1{}", "(".repeat(200), ")".repeat(200));
        let long = format!("select '{}'", "x".repeat(MAX_SQL));
        let unions = vec!["select 1"; 600].join(" union all ");
        for sql in [chain, list, deep, long, unions] {
            assert!(check(&sql).is_err(), "{}", &sql[..40]);
        }
    }

    #[test]
    fn a_mistake_names_line_and_column() {
        let QueryError::Mistake(mistake) = check("select 1\nfrom )").expect_err("a mistake") else {
            panic!("no mistake");
        };
        assert_eq!((mistake.line, mistake.column), (Some(2), Some(6)), "{mistake:?}");
        let QueryError::Mistake(mistake) = check("select\n 'open").expect_err("a mistake") else {
            panic!("no mistake");
        };
        assert_eq!((mistake.line, mistake.column), (Some(2), Some(2)), "{mistake:?}");
    }
}
