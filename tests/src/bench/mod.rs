//! What the benchmarks share: values of several rounds, tables, versions of dependencies, and what the system knows of
//! processes.

mod instructions;
mod lock;
mod machine;
mod process;
mod section;
mod series;
mod table;

pub use instructions::instructions;
pub use lock::locked;
pub use machine::Machine;
pub use process::{cpu_time, cpu_time_of_children, cpu_time_of_group, peak_memory};
pub use section::replace_section;
pub use series::Series;
pub use table::Table;
