//! SIGTERM and Ctrl-C, for those who run until one of them comes.
//!
//! They are listened to on a thread of its own: whatever handlers do to the runtime that they run on, the second signal
//! ends the process.

use std::sync::Mutex;
use std::{fmt, io, mem, process, thread};

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::contained::contained;
use crate::lock::lock;

static WAITING: Mutex<Waiting> = Mutex::new(Waiting { is_listening: false, told: Vec::new() });

/// Who waits for a signal.
struct Waiting {
    is_listening: bool,
    told: Vec<oneshot::Sender<Signal>>,
}

/// A request to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt,
    #[cfg(unix)]
    Terminate,
}

impl Signal {
    /// What the process ends with if this is why, as a shell would say it.
    fn exit_status(self) -> i32 {
        match self {
            Self::Interrupt => 128 + 2,
            #[cfg(unix)]
            Self::Terminate => 128 + 15,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupt => f.write_str("Ctrl-C"),
            #[cfg(unix)]
            Self::Terminate => f.write_str("SIGTERM"),
        }
    }
}

/// Takes the next signal. From the first time that this was asked on, for as long as the process lives, a signal that
/// nobody waits for ends it at once.
pub(crate) fn next_signal() -> io::Result<oneshot::Receiver<Signal>> {
    let mut waiting = lock(&WAITING);
    if !waiting.is_listening {
        listen()?;
        waiting.is_listening = true;
    }
    let (tell, told) = oneshot::channel();
    waiting.told.retain(|tell| !tell.is_closed());
    waiting.told.push(tell);
    Ok(told)
}

fn listen() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let mut signals = {
        let _entered = runtime.enter();
        Signals::new()?
    };
    let listening = move || {
        runtime.block_on(async {
            loop {
                heard(signals.next().await);
            }
        });
    };
    thread::Builder::new().name("rpc-signals".to_owned()).spawn(listening)?;
    Ok(())
}

/// Tells who waits for it; the process ends if nobody does.
pub(crate) fn heard(signal: Signal) {
    let waiting = mem::take(&mut lock(&WAITING).told);
    let told = waiting.into_iter().filter_map(|tell| tell.send(signal).ok()).count();
    if told == 0 {
        contained(|| tracing::warn!(%signal, "the process ends at once"));
        process::exit(signal.exit_status());
    }
}

/// The signals of the process, whoever sends them.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// What comes of a console.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) -> Signal {
        self.0.recv().await;
        Signal::Interrupt
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Signal;

    #[test]
    fn what_they_are_called_and_statuses_as_a_shell_says_them() {
        let signals = [Signal::Interrupt, Signal::Terminate];
        assert_eq!(signals.map(|signal| signal.to_string()), ["Ctrl-C", "SIGTERM"]);
        assert_eq!(signals.map(Signal::exit_status), [130, 143]);
    }
}
