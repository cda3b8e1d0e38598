//! What tests need to make the world predictable or unkind: a clock, random numbers, engines that fail on purpose.

pub mod clock;
pub mod fault;
pub mod faulty_log;
pub mod faulty_objects;
pub mod faulty_records;
pub mod seed;
