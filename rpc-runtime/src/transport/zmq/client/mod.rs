//! What is called elsewhere: the servers that are known, and the requests on their way to them.
//!
//! | Module | What it does |
//! |---|---|
//! | `answers` | takes the replies of all connections |
//! | `lane` | the requests on their way to one endpoint, within its window |
//! | `up` | a peer as long as its connection is there, and what comes from it |
//! | `link` | a place where servers may be, and the connection to it |
//! | `table` | who serves what |
//! | `fleet` | all of them, and the search for more |
//! | `attempt` | one request to one server |
//! | `send` | one request, to whichever server has it or to all |

mod answers;
mod attempt;
mod fleet;
mod lane;
mod link;
mod send;
mod table;
mod up;

pub(super) use self::fleet::Fleet;
