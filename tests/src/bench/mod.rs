//! What the benchmarks share: values of several rounds, generated parts of texts, versions of dependencies, and
//! counts of instructions.

mod instructions;
mod lock;
mod section;
mod series;

pub use instructions::instructions;
pub use lock::locked;
pub use section::replace_section;
pub use series::Series;
