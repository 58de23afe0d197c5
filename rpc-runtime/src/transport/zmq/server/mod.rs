//! What others call here: the servers of this process, and who has connected to them.
//!
//! | Module | What it does |
//! |---|---|
//! | `caller` | a connection of somebody who calls, and the way back to it |
//! | `place` | where the requests for one server go in |
//! | `places` | all of them |
//! | `inbox` | the requests of one caller, on their way to the places |
//! | `unfinished` | how much of it may be there that is not whole |
//! | `door` | the port that callers connect to |
//! | `reply` | replies on their way to callers |
//! | `serving` | all of that together |

mod caller;
mod door;
mod inbox;
mod place;
mod places;
mod reply;
mod serving;
mod unfinished;

pub(super) use self::serving::{Doors, Serving};
