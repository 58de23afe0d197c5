//! What waits to be written to a peer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::Waker;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{Instant, timeout_at};

use super::super::zmtp::Multipart;
use super::end::End;
use super::job::{Job, Outcome, SendError, SendFault, Ticket};
use crate::lock::lock;

/// The bytes that a permit stands for.
const UNIT: usize = 1 << 10;

/// The messages that wait for a connection, between those who send and its task.
#[derive(Debug)]
pub(super) struct Queue {
    /// A permit for each unit of what may wait, in fair turns.
    room: Arc<Semaphore>,
    permits: usize,
    state: Mutex<State>,
}

/// The room for one message; none once nothing more is taken.
#[derive(Debug)]
pub(crate) struct Room(Option<OwnedSemaphorePermit>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Job>,
    stage: Stage,
    /// Wakes the task of the connection.
    task: Option<Waker>,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Open,
    /// What waits is written, and nothing more is taken.
    Closing,
    /// Nothing more is written.
    Cut,
    Ended(End),
}

impl Queue {
    /// With room for so many bytes.
    pub(super) fn new(bytes: usize) -> Arc<Self> {
        let permits = bytes.div_ceil(UNIT).clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Arc::new(Self { room: Arc::new(Semaphore::new(permits)), permits, state: Mutex::default() })
    }

    /// Waits for room for so many bytes, until the deadline.
    pub(super) async fn room(&self, bytes: usize, deadline: Instant) -> Result<Room, SendError> {
        let room = Arc::clone(&self.room).acquire_many_owned(self.needed(bytes));
        match timeout_at(deadline, room).await {
            Ok(room) => Ok(Room(room.ok())),
            Err(_) => Err(SendFault::Expired.not_sent()),
        }
    }

    /// Waits for room and for the outcome, until the deadline.
    pub(super) async fn send(self: Arc<Self>, message: Multipart, deadline: Instant) -> Outcome {
        let room = self.room(message.bytes(), deadline).await?;
        let mut ticket = self.put(message, deadline, room)?;
        // What is put after its deadline is found to be late by the task.
        match timeout_at(deadline, &mut ticket).await {
            Ok(outcome) => outcome,
            Err(_) => ticket.give_up(),
        }
    }

    /// Room for so many bytes, if there is any now.
    pub(super) fn room_now(&self, bytes: usize) -> Option<Room> {
        match Arc::clone(&self.room).try_acquire_many_owned(self.needed(bytes)) {
            Err(TryAcquireError::NoPermits) => None,
            room => Some(Room(room.ok())),
        }
    }

    /// Takes a message if there is room for it now.
    pub(super) fn offer(&self, message: Multipart, deadline: Instant) -> Result<Ticket, SendError> {
        match self.room_now(message.bytes()) {
            Some(room) => self.put(message, deadline, room),
            None => Err(SendFault::Full.not_sent()),
        }
    }

    /// The permits for a message, with one for what it needs beside its bytes. What is larger than all has all.
    fn needed(&self, bytes: usize) -> u32 {
        let needed = (1 + bytes / UNIT).min(self.permits);
        u32::try_from(needed).unwrap_or(u32::MAX)
    }

    /// Takes a message that has room. Without it is over, and the sender is told why.
    pub(super) fn put(
        &self,
        message: Multipart,
        deadline: Instant,
        Room(room): Room,
    ) -> Result<Ticket, SendError> {
        let mut state = lock(&self.state);
        let over = match (&state.stage, room) {
            (Stage::Open, Some(room)) => {
                let (job, ticket) = Job::new(message, deadline, room);
                state.waiting.push_back(job);
                state.ring();
                return Ok(ticket);
            }
            (Stage::Ended(end), _) => end.clone(),
            _ => End::Closed,
        };
        Err(SendFault::Ended(over).not_sent())
    }

    /// The next message to write, for the task.
    pub(super) fn next(&self, now: Instant) -> Option<(Job, Multipart)> {
        loop {
            let job = lock(&self.state).waiting.pop_front()?;
            if let Some(message) = job.begin(now) {
                return Some((job, message));
            }
        }
    }

    /// Whether there is a message to write.
    pub(super) fn is_waited_for(&self) -> bool {
        !lock(&self.state).waiting.is_empty()
    }

    /// Has the task woken when there is something new for it.
    pub(super) fn wake_with(&self, task: &Waker) {
        let mut state = lock(&self.state);
        if !state.task.as_ref().is_some_and(|known| known.will_wake(task)) {
            state.task = Some(task.clone());
        }
    }

    /// Takes no more messages; the task is to write those that wait, and to end then.
    pub(super) fn close(&self) {
        self.shut(Stage::Closing);
    }

    /// Has the task end now.
    pub(super) fn cut(&self) {
        self.shut(Stage::Cut);
    }

    fn shut(&self, stage: Stage) {
        let mut state = lock(&self.state);
        if !matches!(state.stage, Stage::Ended(_)) {
            state.stage = stage;
            state.ring();
        }
        drop(state);
        self.room.close();
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(lock(&self.state).stage, Stage::Closing)
    }

    pub(super) fn is_cut(&self) -> bool {
        matches!(lock(&self.state).stage, Stage::Cut)
    }

    /// Tells all who wait why there is no connection any more, and all who come. The first reason stays.
    pub(super) fn end(&self, end: &End) {
        let mut state = lock(&self.state);
        if matches!(state.stage, Stage::Ended(_)) {
            return;
        }
        state.stage = Stage::Ended(end.clone());
        let (waiting, task) = (std::mem::take(&mut state.waiting), state.task.take());
        drop(state);
        drop(task);
        self.room.close();
        for job in waiting {
            job.tell(Err(SendFault::Ended(end.clone()).not_sent()));
        }
    }
}

impl State {
    fn ring(&self) {
        if let Some(task) = &self.task {
            task.wake_by_ref();
        }
    }
}
