//! What Python does by a configuration.

use rpc_tests::PythonOptions;

use super::facts::Facts;
use super::session::Session;

/// How many sessions there are at once, so that their connections don't add up.
const SESSIONS: usize = 8;

/// What each session found out, or why there was none; that of one that is left out is that of the one before.
pub(super) async fn run(python: &mut PythonOptions, sessions: &[Session]) -> Vec<Result<Facts, String>> {
    let mut came: Vec<_> = sessions.iter().map(|_| Err("it goes on trying".to_owned())).collect();
    let (mut under_way, mut awaited) = (0, sessions.iter().filter(|session| session.is_awaited()).count());
    let mut waiting = sessions.iter().enumerate().filter(|(_, session)| !session.left_out);
    while awaited > 0 {
        if under_way < SESSIONS
            && let Some((id, session)) = waiting.next()
        {
            python.begin(&session.question(id)).await.unwrap();
            under_way += usize::from(session.is_awaited());
            continue;
        }
        let (id, facts) = python.ended().await.unwrap();
        came[id] = facts.map(Facts::from_iter);
        if sessions[id].is_awaited() {
            (under_way, awaited) = (under_way - 1, awaited - 1);
        }
    }
    for (id, _) in sessions.iter().enumerate().filter(|(_, session)| session.left_out) {
        came[id] = came[id - 1].clone();
    }
    came
}
