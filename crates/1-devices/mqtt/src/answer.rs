//! `devices/{device}/answers`: what a device says to a command. Its PUBACK waits until the answer is durable, and for its turn.

use crate::connection::Connection;
use crate::group::Group;
use crate::publish::{Accepting, Burst, Outcome};
use crate::version::Verdict;
use driver::command::{Answer, Answers};
use driver::intake::IntakeError;
use kernel::id::DeviceId;
use kernel::submission::{Readings, Receipt};
use rmqtt_codec::types::Publish;

impl<'a, S> Connection<'a, S> {
    /// Hears an answer for `device`, for which the sender may speak.
    pub(crate) fn on_answer(&mut self, device: &str, publish: &Publish, burst: &mut Burst) {
        let read = DeviceId::new(device)
            .map_err(|error| error.to_string())
            .and_then(|device| Ok((device, Answer::read(&publish.payload)?)));
        let (Some(answers), Ok((device, answer))) = (self.shared.answers.get(), &read) else {
            let text = read.err().unwrap_or_default();
            burst.group.add_decided(publish.into(), Verdict::Bad { text });
            return;
        };
        // what came before it keeps its turn
        self.submit(std::mem::take(&mut burst.group), burst.now, None);
        let mut group = Group::default();
        group.bytes += publish.payload.len();
        group.add_decided(publish.into(), Verdict::Stored);
        let answers: &'a dyn Answers = &**answers;
        let (sender, device, answer) = (self.sender.clone(), device.clone(), answer.clone());
        let accepting: Accepting<'a> = Box::pin(async move {
            let kept = answers.answered(&sender, &device, answer).await;
            let receipt = kept.map(|()| Receipt::default()).map_err(|_| IntakeError::Unavailable);
            let outcome: Outcome = (receipt, Readings::default());
            outcome
        });
        self.await_outcome(group, accepting);
    }
}
