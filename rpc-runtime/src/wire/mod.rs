//! The messages of oslo.messaging 2.0 as bytes; no I/O.
