//! The validated interface. Only this can be rendered, so what is wrong never reaches the renderer.

mod argument;
mod carried;
mod destination;
mod interface;
mod method;
mod names;
mod types;
mod version;

pub(crate) use argument::{Argument, Default, Late};
pub(crate) use carried::{Carried, is_helper};
pub(crate) use destination::may_use;
pub(crate) use interface::Interface;
pub(crate) use method::{Kind, Method};
pub(crate) use types::source_text;
pub(crate) use version::Version;
