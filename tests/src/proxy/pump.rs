//! One direction of one connection.

use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::flow::{End, Flow, Line};
use super::frames::Frames;

const CHUNK: usize = 16 * 1024;
/// Chunks on their way: more are left to the sender, as a full socket does.
const UNDER_WAY: usize = 256;

/// What is due when, or the end of the stream.
type Chunk = (Instant, Option<Vec<u8>>);

/// Carries what comes `from` one side `to` the other, as `line` has it at the time, until the stream
/// ends; the error says how the whole connection is to end at once.
pub(super) async fn pump(from: ReadHalf<'_>, to: WriteHalf<'_>, line: &Line) -> Result<(), End> {
    let (sender, receiver) = mpsc::channel(UNDER_WAY);
    let (flow, affected) = (line.flow.subscribe(), &line.affected);
    let reader = Reader { from, flow, affected, frames: Frames::default(), under_way: sender };
    let (read, written) = tokio::join!(reader.run(), write(to, receiver));
    // What was read before the end has been written by now.
    read.and(written.map_err(|_| End::Reset))
}

struct Reader<'a> {
    from: ReadHalf<'a>,
    flow: watch::Receiver<Flow>,
    affected: &'a AtomicUsize,
    frames: Frames,
    under_way: mpsc::Sender<Chunk>,
}

impl Reader<'_> {
    async fn run(mut self) -> Result<(), End> {
        let mut buffer = vec![0; CHUNK];
        let mut flow = *self.flow.borrow_and_update();
        // How many bytes go through before the cut.
        let mut until_cut = flow.until_cut();
        let mut lost = false;
        loop {
            let count = tokio::select! {
                changed = self.flow.changed() => {
                    changed.map_err(|_| End::Reset)?;
                    flow = *self.flow.borrow_and_update();
                    until_cut = flow.until_cut();
                    continue;
                }
                () = self.under_way.closed() => return Err(End::Reset),
                read = self.from.read(&mut buffer), if flow != Flow::Hold => read.map_err(|_| End::Reset)?,
                end = flow.idle() => {
                    self.affected.fetch_add(1, Ordering::Relaxed);
                    return Err(end);
                }
            };
            let bytes = &buffer[..count];
            if !matches!(flow, Flow::Pass | Flow::CutIdle { .. }) {
                self.affected.fetch_add(1, Ordering::Relaxed);
            }
            // What follows lost bytes is no stream that TCP could have made, so it is lost as well.
            lost |= flow == Flow::Swallow;
            if lost {
                if count == 0 {
                    return Ok(());
                }
                continue;
            }
            if count == 0 {
                return self.pass(flow.delay(), None).await;
            }
            if let Flow::Cut { end, .. } = flow {
                if let Some(place) = self.frames.feed_until_inside(bytes, until_cut) {
                    self.pass(Duration::ZERO, Some(bytes[..place].to_vec())).await?;
                    return Err(end);
                }
                until_cut = until_cut.saturating_sub(count);
            } else {
                self.frames.feed(bytes);
            }
            self.pass(flow.delay(), Some(bytes.to_vec())).await?;
        }
    }

    async fn pass(&self, delay: Duration, bytes: Option<Vec<u8>>) -> Result<(), End> {
        self.under_way.send((Instant::now() + delay, bytes)).await.map_err(|_| End::Reset)
    }
}

impl Flow {
    fn delay(self) -> Duration {
        if let Flow::Delay(time) = self { time } else { Duration::ZERO }
    }

    /// Resolves when the connection was idle for too long, counted from now.
    async fn idle(self) -> End {
        match self {
            Flow::CutIdle { after, end } => {
                sleep(after).await;
                end
            }
            _ => pending().await,
        }
    }

    fn until_cut(self) -> usize {
        if let Flow::Cut { after, .. } = self { after } else { 0 }
    }
}

async fn write(mut to: WriteHalf<'_>, mut under_way: mpsc::Receiver<Chunk>) -> io::Result<()> {
    while let Some((due, bytes)) = under_way.recv().await {
        sleep_until(due).await;
        match bytes {
            Some(bytes) => to.write_all(&bytes).await?,
            None => to.shutdown().await?,
        }
    }
    Ok(())
}
