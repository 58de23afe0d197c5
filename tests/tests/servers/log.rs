//! What is logged in this process.

use std::io;
use std::sync::{Arc, Mutex};

/// The lines so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Those of all threads from now on; each test has a process of its own.
    pub(super) fn collect() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let collecting = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
        let _ = collecting.try_init();
        log
    }

    pub(super) fn has(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.0.lock().unwrap()).contains(text)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
