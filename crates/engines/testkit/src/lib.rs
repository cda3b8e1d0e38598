//! What tests need to make the world predictable or unkind: a clock, random numbers, engines that fail on purpose, contracts of facts.

pub mod clock;
pub mod contract;
pub mod fault;
pub mod faulty_log;
pub mod faulty_objects;
pub mod faulty_records;
pub mod seed;
