//! The functions that SQL may use: those whose answers cannot grow without bound.
//!
//! The memory pool of the engine counts what joins, sorts and groups keep, not what a function makes of one batch. So what
//! can multiply its input is left out, and what can add to it is counted before it runs.

use super::error::Unbounded;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::functions;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use std::sync::Arc;

/// Left out: they make much of little, or tell of files.
const LEFT_OUT: [&str; 12] = [
    "repeat",
    "lpad",
    "rpad",
    "struct",
    "named_struct",
    "with_metadata",
    "arrow_metadata",
    "arrow_field",
    "input_file_name",
    "file_row_index",
    "union_extract",
    "union_tag",
];
/// Counted before they run.
const COUNTED: [&str; 6] = [
    "concat",
    "concat_ws",
    "replace",
    "regexp_replace",
    "overlay",
    "translate",
];
/// Bytes of text that one call may make for one batch of rows.
const MAX_BYTES: usize = 64 << 20;

/// All scalar functions of SQL here. Functions over arrays are left out as a whole.
pub(crate) fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    functions::all_default_functions()
        .into_iter()
        .filter(|function| !LEFT_OUT.contains(&function.name()))
        .map(|function| {
            if COUNTED.contains(&function.name()) {
                Arc::new(ScalarUDF::new_from_impl(Counted { inner: function }))
            } else {
                function
            }
        })
        .collect()
}

/// A function whose answer is estimated before it is made.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Counted {
    inner: Arc<ScalarUDF>,
}

impl ScalarUDFImpl for Counted {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }
    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.inner.inner().schema_name(args)
    }
    fn signature(&self) -> &Signature {
        self.inner.signature()
    }
    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        self.inner.return_type(kinds)
    }
    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }
    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(kinds)
    }
    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        // the simpler form would be the plain function
        Ok(ExprSimplifyResult::Original(args))
    }
    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let bytes = estimate(self.name(), &args);
        if bytes > MAX_BYTES {
            let text = format!(
                "{} would make {} MiB of text of {} rows at once; {} MiB are allowed, shorten what it joins",
                self.name(),
                bytes >> 20,
                args.number_rows,
                MAX_BYTES >> 20
            );
            return Err(DataFusionError::External(Box::new(Unbounded(text))));
        }
        self.inner.invoke_with_args(args)
    }
}

fn estimate(name: &str, args: &ScalarFunctionArgs) -> usize {
    let rows = args.number_rows.max(1);
    let all = args
        .args
        .iter()
        .fold(0_usize, |sum, arg| sum.saturating_add(total(arg, rows)));
    match name {
        // each sign of the first may become all of the third
        "replace" | "regexp_replace" => {
            let longest = args.args.get(2).map_or(0, longest);
            all.saturating_add(rows).saturating_mul(longest.saturating_add(1))
        }
        "translate" => all.saturating_mul(4),
        // the separator stands between all
        "concat_ws" => all.saturating_mul(args.args.len().max(1)),
        _ => all,
    }
}

/// Bytes of text in all rows.
fn total(value: &ColumnarValue, rows: usize) -> usize {
    match value {
        ColumnarValue::Array(array) => lengths(array).sum(),
        ColumnarValue::Scalar(scalar) => scalar_length(scalar).saturating_mul(rows),
    }
}

/// Bytes of the longest text.
fn longest(value: &ColumnarValue) -> usize {
    match value {
        ColumnarValue::Array(array) => lengths(array).max().unwrap_or(0),
        ColumnarValue::Scalar(scalar) => scalar_length(scalar),
    }
}

fn scalar_length(scalar: &ScalarValue) -> usize {
    match scalar {
        ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)) | ScalarValue::Utf8View(Some(text)) => {
            text.len()
        }
        ScalarValue::Dictionary(_, inner) => scalar_length(inner),
        _ => 32,
    }
}

fn lengths(array: &dyn Array) -> Box<dyn Iterator<Item = usize> + '_> {
    match array.data_type() {
        DataType::Utf8 => Box::new(array.as_string::<i32>().offsets().lengths()),
        DataType::LargeUtf8 => Box::new(array.as_string::<i64>().offsets().lengths()),
        // the low half of a view is the length
        DataType::Utf8View => Box::new(
            array
                .as_string_view()
                .views()
                .iter()
                .map(|view| (*view as u32) as usize),
        ),
        _ => Box::new(std::iter::repeat_n(32, array.len())),
    }
}
