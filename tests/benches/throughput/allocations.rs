//! The sides of the benchmark `throughput` with every allocation counted.
//!
//! A program of its own, because counting takes time that the other figures must not show. `throughput`
//! starts it; by itself it measures nothing.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod content;
mod load;
mod protocol;
mod role;
mod sides;

use std::alloc::System;

use anyhow::Result;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use self::protocol::Allocated;
use self::role::Role;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let Some(role) = Role::of_this_process()? else {
        println!("allocations: started by the benchmark throughput");
        return Ok(());
    };
    sides::run(&role, || {
        let stats = ALLOCATOR.stats();
        Some(Allocated { count: stats.allocations + stats.reallocations, bytes: stats.bytes_allocated })
    })
}
