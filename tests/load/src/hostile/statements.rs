//! The statements, each of which asks for more than anybody may have.

/// Name and text of each.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let text = |text: &str| text.to_owned();
    let doubling = (1..=40).fold(
        "with t0 as (select series x from observations)".to_owned(),
        |sql, step| format!("{sql}, t{step} as (select a.x from t{0} a, t{0} b)", step - 1),
    );
    let cases: String = (0..150).map(|n| format!("when number > {n} then {n} ")).collect();
    vec![
        (
            "cross join",
            text("select count(*) from observations a, observations b"),
        ),
        (
            "cross join of three",
            text("select avg(a.number * b.number * c.number) from observations a, observations b, observations c"),
        ),
        (
            "sort everything",
            text("select * from observations order by number, time desc, series"),
        ),
        (
            "group by every row",
            text("select series, time, position, max(number) from observations group by 1, 2, 3 order by 4"),
        ),
        (
            "distinct rows",
            text("select count(distinct (time, number, position)) from observations"),
        ),
        (
            "one array of all",
            text("select array_agg(number order by number) from observations"),
        ),
        (
            "one text of all",
            text("select string_agg(cast(number as varchar), ',') from observations"),
        ),
        (
            "window over all",
            text("select series, sum(number) over (order by time, series) from observations order by 2 desc limit 10"),
        ),
        (
            "window of ranks",
            text(
                "select * from (select *, row_number() over (partition by quality order by number) r from observations) where r % 7 = 1",
            ),
        ),
        (
            "exact median",
            text("select median(number), median(cast(position as double)) from observations"),
        ),
        (
            "self join by text",
            text("select count(*) from observation_values a join observation_values b on a.unit = b.unit"),
        ),
        (
            "join by inequality",
            text("select count(*) from observations a join observations b on a.number < b.number"),
        ),
        ("names that double", format!("{doubling} select count(*) from t40")),
        (
            "long text",
            text("select max(length(repeat(cast(number as varchar), 100000000))) from observations"),
        ),
        (
            "padded text",
            text("select lpad('x', 2000000000, 'y') from observations"),
        ),
        (
            "slow pattern",
            text("select count(*) from observation_values where regexp_like(entity, '^(.*.*.*.*.*)*x$')"),
        ),
        (
            "recursion",
            text("with recursive r as (select 1 n union all select n + 1 from r) select count(*) from r"),
        ),
        (
            "endless table",
            text("select count(*) from generate_series(1, 1000000000000)"),
        ),
        ("file of the system", text("select * from read_csv('/etc/passwd')")),
        (
            "cube",
            text(
                "select count(*) from observation_values group by cube(device, entity, attribute, name, unit, quality)",
            ),
        ),
        (
            "deep parentheses",
            format!("select {}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        ),
        (
            "long chain",
            format!("select 1{} from observations", "+1".repeat(5_000)),
        ),
        (
            "nested cases",
            format!(
                "select sum(case {cases} else 0 end) from observations a, (select series from series limit 5000) b"
            ),
        ),
        (
            "unions",
            vec!["select * from observations"; 200].join(" union all ") + " order by number",
        ),
        ("all as they are", text("select * from observation_values")),
        (
            "subquery per row",
            text(
                "select count(*) from observations a where number > (select avg(number) from observations b where b.series = a.series)",
            ),
        ),
        ("change", text("delete from observations")),
        (
            "explain analyze",
            text("explain analyze select count(*) from observations a, observations b"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_told_apart() {
        let all = super::all();
        let names: std::collections::BTreeSet<_> = all.iter().map(|(name, _)| name).collect();
        assert!(names.len() == all.len() && all.len() >= 15);
    }
}
