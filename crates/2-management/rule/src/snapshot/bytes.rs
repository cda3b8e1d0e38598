//! Little-endian numbers in a row, written and carefully read.

use crate::error::RuleError;
use kernel::time::Timestamp;

/// Collects bytes.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    pub(super) fn u16(&mut self, number: u16) {
        self.bytes(&number.to_le_bytes());
    }
    pub(super) fn u32(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }
    pub(super) fn f64(&mut self, number: f64) {
        self.bytes(&number.to_bits().to_le_bytes());
    }
    pub(super) fn time(&mut self, time: Timestamp) {
        self.bytes(&time.micros().to_le_bytes());
    }
    /// A length and as many bytes.
    pub(super) fn block(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.bytes(bytes);
    }
    /// Leaves room for a number that is known later.
    pub(super) fn place(&mut self) -> usize {
        self.u32(0);
        self.0.len() - 4
    }
    pub(super) fn put(&mut self, place: usize, number: u32) {
        self.0[place..place + 4].copy_from_slice(&number.to_le_bytes());
    }
    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what [`Writer`] wrote; never past the end.
pub(super) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }
    pub(super) fn damaged(&self) -> RuleError {
        RuleError::Damaged(self.at)
    }
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], RuleError> {
        let end = self
            .at
            .checked_add(count)
            .filter(|end| *end <= self.all.len())
            .ok_or_else(|| self.damaged())?;
        let taken = &self.all[self.at..end];
        self.at = end;
        Ok(taken)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], RuleError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
    pub(super) fn u16(&mut self) -> Result<u16, RuleError> {
        self.array().map(u16::from_le_bytes)
    }
    pub(super) fn u32(&mut self) -> Result<u32, RuleError> {
        self.array().map(u32::from_le_bytes)
    }
    pub(super) fn f64(&mut self) -> Result<f64, RuleError> {
        self.array().map(|bytes| f64::from_bits(u64::from_le_bytes(bytes)))
    }
    pub(super) fn time(&mut self) -> Result<Timestamp, RuleError> {
        self.array()
            .map(|bytes| Timestamp::from_micros(i64::from_le_bytes(bytes)))
    }
    pub(super) fn block(&mut self) -> Result<&'a [u8], RuleError> {
        let count = self.u32()? as usize;
        self.take(count)
    }
    /// Nothing may be left over.
    pub(super) fn end(&self) -> Result<(), RuleError> {
        if self.at == self.all.len() {
            Ok(())
        } else {
            Err(self.damaged())
        }
    }
}
