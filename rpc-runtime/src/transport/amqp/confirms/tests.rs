use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

fn sent(number: u64, mandatory: bool) -> Sent<u64> {
    Sent { number, mandatory, job: number }
}

fn ack(returned: Option<u64>) -> Confirm {
    let returned = returned.map(|id| Returned { id: Some(id), why: format!("returned {id}") });
    Confirm { verdict: Ok(Answer::Ack), returned }
}

fn settle(
    confirms: &mut Confirms<u64>,
    batch: Vec<(u64, Confirm)>,
    next: u64,
    all_in: bool,
) -> Vec<(u64, Settled)> {
    let mut told = Vec::new();
    let batch = batch.into_iter().map(|(number, confirm)| (sent(number, true), confirm));
    confirms.settle(batch, next, all_in, |_, job, outcome| told.push((job, outcome)));
    told.sort_by_key(|(job, _)| *job);
    told
}

fn returned(id: u64) -> Settled {
    Settled::Returned(format!("returned {id}"))
}

#[test]
fn a_return_with_another_confirm_of_the_batch() {
    let mut confirms = Confirms::new();
    let told = settle(&mut confirms, vec![(2, ack(None)), (1, ack(Some(2)))], 3, true);
    assert_eq!(told, [(1, Settled::Acked), (2, returned(2))]);
}

#[test]
fn a_confirm_with_a_strange_return_waits_for_its_own() {
    let mut confirms = Confirms::new();
    assert_eq!(settle(&mut confirms, vec![(1, ack(Some(2)))], 3, false), []);
    assert_eq!(settle(&mut confirms, vec![(2, ack(Some(1)))], 3, true), [(1, returned(1)), (2, returned(2))]);
}

#[test]
fn or_for_a_later_one_without_a_return() {
    let mut confirms = Confirms::new();
    assert_eq!(settle(&mut confirms, vec![(1, ack(Some(5)))], 3, false), []);
    // 2 was under way at that time, and may have been resolved before.
    assert_eq!(settle(&mut confirms, vec![(2, ack(None))], 4, false), [(2, Settled::Acked)]);
    assert_eq!(
        settle(&mut confirms, vec![(3, ack(None))], 4, false),
        [(1, Settled::Acked), (3, Settled::Acked)]
    );
}

#[test]
fn what_the_end_of_the_channel_leaves_unclear() {
    let mut confirms = Confirms::new();
    let lost = || BrokerError::Lost("reset".into());
    let failed = Confirm { verdict: Err(lost()), returned: None };
    let told = settle(&mut confirms, vec![(1, ack(Some(5))), (2, failed)], 6, false);
    assert_eq!(told, [(2, Settled::Unknown(lost()))]);
    assert_eq!(confirms.into_unclear().collect::<Vec<_>>(), [(1, 1)]);
}

/// What the broker does with a message.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Routed,
    Unroutable,
    Rejected,
}

fn truth(number: u64, fate: Fate, mandatory: bool) -> Settled {
    match fate {
        Fate::Unroutable if mandatory => returned(number),
        Fate::Rejected => Settled::Nacked,
        _ => Settled::Acked,
    }
}

/// The library: takes returns in order and hands the oldest out with whatever is confirmed next.
#[derive(Default)]
struct Library {
    held: VecDeque<u64>,
    resolved: Vec<(Sent<u64>, Confirm)>,
}

impl Library {
    fn confirm(&mut self, sent: Sent<u64>, fate: Fate) {
        let mut confirm = ack(self.held.pop_front());
        if matches!(fate, Fate::Rejected) {
            confirm.verdict = Ok(Answer::Nack);
        }
        self.resolved.push((sent, confirm));
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![3 => Just(Fate::Routed), 3 => Just(Fate::Unroutable), 1 => Just(Fate::Rejected)]
}

proptest! {
    /// Messages are sent in windows; returns come before the confirms of their messages, confirms in groups
    /// of any order, and batches are taken anywhere in between.
    #[test]
    fn every_outcome_is_the_truth(
        messages in prop::collection::vec((fate(), any::<bool>()), 1..60),
        sizes in prop::collection::vec((1_usize..9, 1_usize..9, any::<bool>(), any::<u64>()), 60),
    ) {
        let (mut confirms, mut library) = (Confirms::new(), Library::default());
        let mut told: Vec<(u64, Settled)> = Vec::new();
        let mut to_send = messages.iter().enumerate().map(|(n, (fate, mandatory))| (n as u64, *fate, *mandatory));
        let mut under_way: VecDeque<(u64, Fate, bool)> = VecDeque::new();
        let mut next = 0;
        let mut rounds = sizes.iter().cycle();
        loop {
            let (send, confirm, look, order) = rounds.next().unwrap();
            for message in to_send.by_ref().take(*send) {
                next = message.0 + 1;
                under_way.push_back(message);
            }
            let mut group: Vec<_> = under_way.drain(..(*confirm).min(under_way.len())).collect();
            // One frame confirms the group, after the returns of all of it; the library sees no order in it.
            library.held.extend(group.iter().filter(|(_, fate, m)| *m && matches!(fate, Fate::Unroutable)).map(|(n, ..)| *n));
            group.sort_by_key(|(number, ..)| number.wrapping_mul(*order | 1) % 7);
            for (number, fate, mandatory) in group {
                library.confirm(sent(number, mandatory), fate);
            }
            let all_in = under_way.is_empty();
            if *look || all_in {
                confirms.settle(library.resolved.drain(..), next, all_in, |_, job, outcome| told.push((job, outcome)));
            }
            if all_in && next == messages.len() as u64 {
                break;
            }
        }
        told.sort_by_key(|(number, _)| *number);
        let expected: Vec<_> =
            messages.iter().enumerate().map(|(n, (fate, m))| (n as u64, truth(n as u64, *fate, *m))).collect();
        prop_assert_eq!(told, expected);
    }
}
