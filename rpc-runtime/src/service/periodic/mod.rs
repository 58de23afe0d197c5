//! What is done again and again.

mod grid;
mod outcome;
mod spacing;
mod task;
mod tasks;

pub use outcome::IntoOutcome;
pub use spacing::Spacing;
pub use task::PeriodicTask;
pub(super) use tasks::Tasks;
