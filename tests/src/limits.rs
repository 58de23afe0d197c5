//! How long tests wait: for ever, but for what would let a broken one hang.
//!
//! A limit says nothing of the product and nothing of the machine. What a test waits for is a condition, which is
//! seen within milliseconds of its coming about; that the time is over means that it does not come about, on
//! however busy a machine. So a limit costs only those who fail, and each is far above what was ever seen: all cores
//! busy ten times over make seconds of milliseconds, not minutes.
//!
//! They are nested: what is inside fails first and says what it was waiting for.

use std::time::Duration;

/// For one thing to come about: a state of the broker, a process that is ready, an answer, an end.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The same where unmodified oslo.messaging has a part in it: after a fault it may need more than 90 seconds to
/// come to work again, which is its own affair.
pub const PEERS_PATIENCE: Duration = Duration::from_secs(240);

/// For a whole test, in which one thing or two may fail to come about before it is told.
pub const TEST: Duration = Duration::from_secs(600);

/// For a test in a process of its own, whose outer process is the one that tells.
pub const ALONE: Duration = Duration::from_secs(570);
