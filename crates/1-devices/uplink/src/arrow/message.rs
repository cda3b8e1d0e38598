//! Walks the messages of an Arrow IPC stream and checks all lengths and offsets before the library follows them.

use super::schema;
use crate::decode::MAX_ITEMS;
use crate::error::DecodeError;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Message, MessageHeader, root_as_message};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use std::collections::HashMap;
use std::sync::Arc;

/// An error at a byte of the stream.
pub(super) fn broken(offset: usize, what: impl Into<String>) -> DecodeError {
    DecodeError::Broken {
        format: "Arrow IPC stream",
        offset: offset as u64,
        what: what.into(),
    }
}

/// A stream whose schema was read.
pub(super) struct Reader {
    stream: Buffer,
    at: usize,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
}

/// Where a message lies in the stream.
struct Span {
    meta: (usize, usize),
    body: (usize, usize),
}

impl Reader {
    /// Reads the schema, the first message of every stream.
    pub(super) fn new(stream: Buffer) -> Result<Self, DecodeError> {
        let Some(span) = span(&stream, 0)? else {
            return Err(DecodeError::Empty);
        };
        let message = message(&stream, &span)?;
        let Some(fb) = message.header_as_schema() else {
            return Err(broken(0, "the first message is no schema"));
        };
        let schema = schema::read(fb)?;
        let at = span.body.1;
        Ok(Self {
            stream,
            at,
            schema,
            dictionaries: HashMap::new(),
        })
    }

    /// How many columns are string views.
    fn views(&self) -> usize {
        self.schema
            .fields()
            .iter()
            .filter(|field| *field.data_type() == DataType::Utf8View)
            .count()
    }

    /// The next table; dictionaries before it are taken on the way.
    pub(super) fn next_batch(&mut self) -> Result<Option<RecordBatch>, DecodeError> {
        while let Some(span) = span(&self.stream, self.at)? {
            let start = self.at;
            let message = message(&self.stream, &span)?;
            let body = self.stream.slice_with_length(span.body.0, span.body.1 - span.body.0);
            let library = |error: ArrowError| broken(start, error.to_string());
            self.at = span.body.1;
            match message.header_type() {
                MessageHeader::RecordBatch => {
                    let Some(batch) = message.header_as_record_batch() else {
                        return Err(broken(start, "a table has no header"));
                    };
                    check(&batch, self.views(), body.len(), start)?;
                    let schema = Arc::clone(&self.schema);
                    let version = message.version();
                    return read_record_batch(&body, batch, schema, &self.dictionaries, None, &version)
                        .map(Some)
                        .map_err(library);
                }
                MessageHeader::DictionaryBatch => {
                    let dictionary = message.header_as_dictionary_batch();
                    let Some((dictionary, batch)) = dictionary.and_then(|found| Some((found, found.data()?))) else {
                        return Err(broken(start, "a dictionary has no header"));
                    };
                    if dictionary.isDelta() {
                        return Err(broken(
                            start,
                            "delta dictionaries are not taken; write the dictionary whole",
                        ));
                    }
                    check(&batch, 0, body.len(), start)?;
                    let version = message.version();
                    read_dictionary(&body, dictionary, &self.schema, &mut self.dictionaries, &version)
                        .map_err(library)?;
                }
                MessageHeader::NONE => {}
                other => {
                    return Err(broken(
                        start,
                        format!("a message {other:?} stands where a table is needed"),
                    ));
                }
            }
        }
        Ok(None)
    }
}

/// The message at `at`; `None` at the end of the stream.
fn span(stream: &[u8], mut at: usize) -> Result<Option<Span>, DecodeError> {
    let start = at;
    let cut = || broken(start, "the stream ends in the middle of a message");
    if at >= stream.len() {
        return Ok(None);
    }
    let mut word = || -> Result<u32, DecodeError> {
        let bytes = stream
            .get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(cut)?;
        at += 4;
        Ok(u32::from_le_bytes(bytes))
    };
    let mut length = word()?;
    if length == u32::MAX {
        length = word()?;
    }
    if length == 0 {
        return Ok(None);
    }
    let meta = (
        at,
        at.checked_add(length as usize)
            .filter(|end| *end <= stream.len())
            .ok_or_else(cut)?,
    );
    let mut span = Span {
        meta,
        body: (meta.1, meta.1),
    };
    let body = usize::try_from(message(stream, &span)?.bodyLength()).map_err(|_| cut())?;
    span.body.1 = meta
        .1
        .checked_add(body)
        .filter(|end| *end <= stream.len())
        .ok_or_else(cut)?;
    Ok(Some(span))
}

fn message<'s>(stream: &'s [u8], span: &Span) -> Result<Message<'s>, DecodeError> {
    let meta = stream.get(span.meta.0..span.meta.1).unwrap_or(&[]);
    root_as_message(meta).map_err(|_| broken(span.meta.0, "no Arrow message stands here"))
}

/// Lengths and offsets that lie inside the message; `views` columns have a number of buffers of their own.
fn check(batch: &arrow_ipc::RecordBatch<'_>, views: usize, body: usize, start: usize) -> Result<(), DecodeError> {
    if batch.compression().is_some() {
        let what = "buffers are compressed; write them plain and compress the request with Content-Encoding: zstd";
        return Err(broken(start, what));
    }
    let most = MAX_ITEMS as i64;
    let nodes = batch.nodes().into_iter().flatten();
    let lengths = nodes.map(|node| (node.length(), node.null_count()));
    for (length, nulls) in std::iter::once((batch.length(), 0)).chain(lengths) {
        if length > most {
            return Err(DecodeError::TooManyItems { max: MAX_ITEMS });
        }
        if length < 0 || !(0..=length).contains(&nulls) {
            return Err(broken(start, "a column has an impossible length"));
        }
    }
    for buffer in batch.buffers().into_iter().flatten() {
        let end = buffer.offset().checked_add(buffer.length());
        let inside = buffer.offset() >= 0 && buffer.length() >= 0 && end.is_some_and(|end| end <= body as i64);
        if !inside {
            return Err(broken(start, "a column points outside of its message"));
        }
    }
    let variadic = batch.variadicBufferCounts();
    let buffers = batch.buffers().map_or(0, |buffers| buffers.len()) as i64;
    let possible = variadic.iter().flatten().all(|count| (0..=buffers).contains(&count));
    if variadic.map_or(0, |counts| counts.len()) != views || !possible {
        return Err(broken(start, "the number of buffers does not fit the columns"));
    }
    Ok(())
}
