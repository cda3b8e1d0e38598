//! The questions, each in our words and in the peer's.

use super::ask::{Question, Way};
use super::fill::Fill;

/// Both dialects write the same statement; only instants, buckets and partitions differ.
struct Dialect {
    instant: fn(i64) -> String,
    bucket: fn(&str, &str) -> String,
    /// Partitions, which a person who knows the files names, and which the views of the house find by themselves.
    days: fn(i64, i64) -> String,
    /// The number of the newest row of a group.
    newest: &'static str,
}

const OURS: Dialect = Dialect {
    instant: |micros| format!("to_timestamp_micros({micros})"),
    bucket: |width, column| format!("date_bin(interval '{width}', {column})"),
    days: |_, _| String::new(),
    newest: "last_value(number order by time)",
};

const DUCKDB: Dialect = Dialect {
    instant: |micros| format!("make_timestamptz({micros})"),
    bucket: |width, column| format!("time_bucket(interval '{width}', {column})"),
    days: |from, to| {
        format!(
            "day >= make_timestamptz({from})::date and day <= make_timestamptz({})::date and ",
            to - 1
        )
    },
    newest: "arg_max(number, time)",
};

/// What the questions are about.
pub(super) struct About {
    pub(super) fill: Fill,
    /// A series with a month of rows, and twenty series, that one among them.
    pub(super) series: u32,
    pub(super) twenty: Vec<u32>,
}

impl About {
    fn within(&self, to: &Dialect, column: &str, (from, until): (i64, i64)) -> String {
        let days = if column == "time" {
            (to.days)(from, until)
        } else {
            String::new()
        };
        format!(
            "{days}{column} >= {} and {column} < {}",
            (to.instant)(from),
            (to.instant)(until)
        )
    }

    fn statements(&self, to: &Dialect) -> Vec<(&'static str, String)> {
        let (day, month) = (self.fill.day(), self.fill.month());
        let (today, bucket_today) = (self.within(to, "time", day), self.within(to, "bucket", day));
        let this_month = self.within(to, "time", month);
        let (five, hour) = ((to.bucket)("5 minutes", "time"), (to.bucket)("1 hour", "time"));
        let twenty: Vec<String> = self.twenty.iter().map(ToString::to_string).collect();
        let (one, twenty) = (self.series, twenty.join(", "));
        vec![
            ("count", "select count(*) from observations".to_owned()),
            (
                "series_day",
                format!("select time, number from observations where series = {one} and {today} order by 1"),
            ),
            (
                "month_rolled",
                format!(
                    "select bucket, sum / count from rollup_1h where series = {one} and {} order by 1",
                    self.within(to, "bucket", month)
                ),
            ),
            (
                "twenty_month",
                format!(
                    "select series, {hour} as bucket, avg(number) from observations where series in ({twenty}) and {this_month} \
                     group by 1, 2 order by 1, 2"
                ),
            ),
            (
                "city_day",
                format!("select {five} as bucket, avg(number) from observations where {today} group by 1 order by 1"),
            ),
            (
                "city_day_rolled",
                format!(
                    "select bucket, sum(sum) / sum(count) from rollup_5m where {bucket_today} group by 1 order by 1"
                ),
            ),
            (
                "attribute_hours",
                format!(
                    "select {hour} as bucket, avg(o.number) from observations o join series s on o.series = s.series \
                     where s.attribute = 'pm25' and {today} group by 1 order by 1"
                ),
            ),
            (
                "top_wards",
                format!(
                    "select s.areas, avg(o.number) as mean from observations o join series s on o.series = s.series \
                     where s.attribute = 'pm25' and {today} group by 1 order by 2 desc, 1 limit 10"
                ),
            ),
            (
                "join_counts",
                format!(
                    "select s.attribute, s.unit, count(*), avg(o.number) from observations o join series s \
                     on o.series = s.series where {today} group by 1, 2 order by 1, 2"
                ),
            ),
            (
                "median_day",
                format!("select median(number) from observations where {today}"),
            ),
            (
                "newest_day",
                format!(
                    "select count(*), sum(last) from (select series, {} as last from observations where {today} \
                     group by series)",
                    to.newest
                ),
            ),
            (
                "full_sum",
                "select min(number), max(number), sum(number) from observations".to_owned(),
            ),
        ]
    }

    /// Everything that is asked over rows that nothing has corrected.
    pub(super) fn questions(&self) -> Vec<Question> {
        let statements = self.statements(&OURS).into_iter().zip(self.statements(&DUCKDB));
        let mut questions: Vec<Question> = statements
            .map(|((name, ours), (_, peer))| Question {
                name,
                way: Way::Sql(ours),
                peer,
                same: true,
            })
            .collect();
        let (month, query) = (self.fill.month(), |micros| {
            kernel::time::Timestamp::from_micros(micros).to_string()
        });
        let hour = (DUCKDB.bucket)("1 hour", "time");
        questions.push(Question {
            name: "month",
            way: Way::Range(format!(
                "/api/v1/observations/history?series={}&from={}&to={}&method=mean&bucket=PT1H",
                self.series,
                query(month.0),
                query(month.1)
            )),
            peer: format!(
                "select {hour} as bucket, avg(number) from observations where series = {} and {} group by 1 order by 1",
                self.series,
                self.within(&DUCKDB, "time", month)
            ),
            same: true,
        });
        questions.push(Question {
            name: "latest",
            way: Way::Pages("/api/v1/observations/latest?limit=1000".to_owned()),
            peer: "select series, max(time), arg_max(number, time) from observations group by series".to_owned(),
            same: false,
        });
        questions
    }

    /// A day in which rows were corrected. Ours sorts it out in the view; whoever reads the files does it by what the
    /// tables' description says.
    pub(super) fn corrected(&self) -> Question {
        let day = self.fill.corrected_day();
        let (ours, peer) = (self.within(&OURS, "time", day), self.within(&DUCKDB, "time", day));
        Question {
            name: "corrected_day",
            way: Way::Sql(format!("select count(*), sum(number) from observations where {ours}")),
            peer: format!(
                "with late as (select series, time, number from observations where late and {peer} \
                 qualify row_number() over (partition by series, time order by position desc, row desc) = 1) \
                 select count(*), sum(number) from (select series, time, number from observations o where not late and {peer} \
                 and not exists (select 1 from late where late.series = o.series and late.time = o.time) \
                 union all select series, time, number from late)"
            ),
            same: true,
        }
    }
}
