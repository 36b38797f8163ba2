//! The runs of a sweep: the same bits however they are executed, the promised ones, those that the definitions and the
//! stated facts ask for.

#[path = "../common/networks.rs"]
mod networks;
#[path = "../common/sweep.rs"]
mod sweep;
mod sweeps;
#[path = "../common/table.rs"]
mod table;

mod benchmarks;
mod digests;
mod facts;
mod question;
mod same_bytes;
mod scheduler;
mod set_ups;
