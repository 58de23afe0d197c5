//! Whole listeners.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Listener, ListenerBuilder, Meta, NotificationEndpoint, OnError, Verdict};
use crate::context::Context;
use crate::lock::lock;
use crate::notification::notified::Notification;
use crate::notification::priority::Priority;

mod batches;
mod endpoints;
mod ends;
mod over_memory;
mod settled;
mod stage;
mod unusual;
