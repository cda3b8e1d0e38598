//! The ear for what devices say to commands; drivers speak to it.

use super::{Commands, News};
use crate::decide::command::answered;
use crate::error::DeviceError;
use crate::model::command::Given;
use crate::store::command::Changed;
use async_trait::async_trait;
use driver::command::{Answer, Answers, NotKept};
use kernel::actor::ActorId;
use kernel::id::DeviceId;
use kernel::submission::Sender;
use ports::error::PortError;

/// How often an answer is decided anew when the dispatcher gets in between.
const TRIES: usize = 8;

impl Commands {
    async fn hear(&self, by: &ActorId, device: &DeviceId, answer: &Answer) -> Result<&'static str, DeviceError> {
        let mut conflict = DeviceError::NoCommand;
        for _ in 0..TRIES {
            let found = self.store().get(answer.id).await?;
            let Some(mut stored) = found.filter(|stored| stored.command.device == *device) else {
                return Ok("unknown");
            };
            let given = Given {
                at: self.now(),
                ok: answer.ok,
                result: answer.result.clone(),
                reason: answer.reason.clone(),
            };
            let told = answered(&mut stored.command, given, by.clone());
            if told.is_empty() {
                return Ok("repeated");
            }
            let changed = Changed {
                stored,
                told,
                reach: self.reach(device),
            };
            match self.store().save(vec![changed], None).await {
                Err(DeviceError::Port(error @ PortError::Conflict { .. })) => conflict = error.into(),
                Err(error) => return Err(error),
                Ok(_) => return Ok("taken"),
            }
        }
        Err(conflict)
    }
}

#[async_trait]
impl Answers for Commands {
    async fn answered(&self, sender: &Sender, device: &DeviceId, answer: Answer) -> Result<(), NotKept> {
        let by = ActorId::Device(sender.device.clone());
        let outcome = match self.hear(&by, device, &answer).await {
            Ok(outcome) => outcome,
            Err(error @ DeviceError::Unreadable(..)) => {
                // sending it again would not help
                tracing::error!(%device, command = %answer.id, %error, "an answer is passed over");
                "unreadable"
            }
            Err(error) => {
                tracing::warn!(%device, command = %answer.id, %error, "an answer could not be kept");
                return Err(NotKept);
            }
        };
        metrics::counter!("hanoi_ioc_device_answers_total", "outcome" => outcome).increment(1);
        Ok(())
    }

    fn listening(&self, device: &DeviceId) {
        self.tell(device, News::Listening);
    }
}
