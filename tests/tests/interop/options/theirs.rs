//! What Python does by a configuration.

use rpc_tests::PythonOptions;

use super::facts::Facts;
use super::session::Session;

/// How many sessions there are at once, so that their connections don't add up.
const SESSIONS: usize = 8;

/// What each session found out, or why there was none.
pub(super) async fn run(python: &mut PythonOptions, sessions: &[Session]) -> Vec<Result<Facts, String>> {
    let mut came: Vec<_> = sessions.iter().map(|_| Err("it goes on trying".to_owned())).collect();
    let (mut under_way, mut awaited) = (0, sessions.iter().filter(|session| !session.in_vain).count());
    let mut waiting = sessions.iter().enumerate();
    while awaited > 0 {
        if under_way < SESSIONS
            && let Some((id, session)) = waiting.next()
        {
            python.begin(&session.question(id)).await.unwrap();
            under_way += usize::from(!session.in_vain);
            continue;
        }
        let (id, facts) = python.ended().await.unwrap();
        came[id] = facts.map(Facts::from_iter);
        if !sessions[id].in_vain {
            (under_way, awaited) = (under_way - 1, awaited - 1);
        }
    }
    came
}
