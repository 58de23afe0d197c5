//! The validated interface. Only this can be rendered, so what is wrong never reaches the renderer.

mod argument;
mod carried;
mod changes;
mod claims;
mod conditions;
mod expressions;
mod form;
mod generated;
mod interface;
mod kind;
mod late;
mod method;
mod older;
mod parameters;
mod python;
mod signature;
mod source;
mod types;
mod version;
mod versions;
mod wire_names;

pub(crate) use argument::Argument;
pub(crate) use carried::Carried;
pub(crate) use claims::Claims;
pub(crate) use expressions::may_use;
pub(crate) use form::Form;
pub(crate) use interface::Interface;
pub(crate) use kind::Kind;
pub(crate) use late::Late;
pub(crate) use method::Method;
pub(crate) use older::Legacy;
pub(crate) use parameters::ClientParameter;
pub(crate) use python::{class_name, module_name};
pub(crate) use source::{Default, Source};
pub(crate) use types::{may_hold_objects, source_text};
pub(crate) use version::{Version, number};
