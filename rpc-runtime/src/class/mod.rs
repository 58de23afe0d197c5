//! The classes of versioned objects: their description, as far as that of an interface needs it. It is there without the
//! feature `objects`.

mod description;
mod held;
mod project;

pub use description::{DowngradeData, HeldObject, ObjectClass, ObjectField};
pub use held::{HoldsObjects, NotAnObject, Of};
pub use project::Project;
