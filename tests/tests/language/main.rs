//! Every key of the interface language changes a message: which one, is shown here.

mod arguments;
mod calls;
mod conditions;
mod destinations;
mod live_bugs;
mod manual;
mod names;
mod peer;
mod serving;
mod versions;
