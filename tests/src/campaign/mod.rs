//! The fault campaign: load on a broker that something happens to, and a ledger that says afterwards
//! whether the guarantees held.
//!
//! * `ledger` knows of every request what its sender was told and which servers executed it, and
//!   `findings` what of that must not be; `outcome` reads an error for what it says is known.
//! * `work` is the interface of the load and its Rust server; `tests/python/sample_endpoints.py` has it too.
//! * `process` is a server or a client as a process of its own, to be killed.
//! * `load` sends calls and casts at once until it is told to stop.
//! * `lane` is a client (`sending`) and the servers of a topic (`serving`) with a load between them; `scenario` runs some of them through a
//!   fault, and checks with `resources` that nothing was left behind.
//! * `fault` has faults by name, for the soak and the comparison with Python.
//! * `alone` gives a test a process of its own.

mod alone;
mod fault;
mod findings;
mod kind;
mod lane;
mod ledger;
mod load;
mod outcome;
mod process;
mod python_client;
mod python_worker;
mod resources;
mod scenario;
mod sending;
mod serving;
mod settled;
mod work;

pub use self::alone::alone;
pub use self::fault::{Fault, OPTIONS, Site};
pub use self::findings::{Promise, Side, Tally};
pub use self::kind::Kind;
pub use self::lane::{Lane, Running};
pub use self::ledger::{Id, Ledger};
pub use self::load::{Load, Pace, Requests};
pub use self::outcome::Outcome;
pub use self::process::{PROCESS_WORKERS, Process};
pub use self::python_client::{PythonClient, PythonClients};
pub use self::python_worker::PythonWorker;
pub use self::resources::{Held, Served};
pub use self::scenario::Scenario;
pub use self::work::{Work, WorkApi, WorkApiWork, Worker};
