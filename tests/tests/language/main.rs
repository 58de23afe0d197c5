//! Every key of the interface language changes a message: which one, is shown here.
#![allow(clippy::expect_used, clippy::panic, clippy::result_large_err, clippy::unwrap_used)]

mod arguments;
mod by_name;
mod calls;
mod conditions;
mod description;
mod destinations;
mod forms;
mod live_bugs;
mod manual;
mod names;
mod nova;
mod peer;
mod policies;
mod removed;
mod serving;
mod versions;
