//! The messages that are being written, and how far each has come.

use std::collections::VecDeque;

use super::end::End;
use super::job::{Job, SendFault};

/// Messages in the order of their bytes, which are counted from the beginning of the connection.
#[derive(Debug, Default)]
pub(super) struct UnderWay(VecDeque<Begun>);

#[derive(Debug)]
struct Begun {
    job: Job,
    /// Its first byte, and the one behind its last.
    start: u64,
    end: u64,
}

impl UnderWay {
    pub(super) fn begin(&mut self, job: Job, start: u64, end: u64) {
        self.0.push_back(Begun { job, start, end });
    }

    /// All before this byte has been flushed to the socket.
    pub(super) fn flushed(&mut self, to: u64) {
        while self.0.front().is_some_and(|begun| begun.end <= to)
            && let Some(begun) = self.0.pop_front()
        {
            begun.job.tell(Ok(()));
        }
    }

    /// Nothing more is written, and nothing from this byte on has come to the socket.
    pub(super) fn end(&mut self, touched: u64, why: &End) {
        for Begun { job, start, .. } in self.0.drain(..) {
            let fault = SendFault::Ended(why.clone());
            job.tell(Err(if start < touched { fault.sent() } else { fault.not_sent() }));
        }
    }
}
