//! What counted at once is written down: certificates whose place was taken by the next one.

use super::{CHUNK, Certificates, REMEMBERED};
use crate::error::DeviceError;
use crate::model::certificate::Certificate;
use crate::record::certificate::Stored;

impl Certificates {
    /// Writes down what is not written down yet; answers how many certificates that were. Safe to repeat.
    pub async fn settle(&self) -> Result<usize, DeviceError> {
        let table = self.registry().certificates();
        table.forget(self.now().minus(REMEMBERED));
        let fresh = table.fresh();
        let prints: Vec<&String> = fresh.iter().collect();
        for chunk in prints.chunks(CHUNK) {
            if let Err(error) = self.settle_some(chunk).await {
                table.put_back(fresh.clone());
                return Err(error);
            }
        }
        Ok(fresh.len())
    }

    async fn settle_some(&self, prints: &[&String]) -> Result<(), DeviceError> {
        let (turn, mut changes) = (self.turn().await, Vec::new());
        for print in prints {
            let known = self.registry().certificates().find(print);
            let Some(revoked) = known.and_then(|known| known.revoked.clone()) else {
                continue;
            };
            let stored = self.ground.store.get(print).await?;
            if let Some(stored) = stored.filter(|stored| stored.one.revoked.is_none()) {
                changes.push(Stored {
                    one: Certificate {
                        revoked: Some(revoked),
                        ..stored.one
                    },
                    version: stored.version,
                });
            }
        }
        match changes.is_empty() {
            true => Ok(()),
            false => self.keep(turn, changes, None).await,
        }
    }

    /// Tells the figures.
    pub fn measure(&self) {
        let figures = self.figures();
        metrics::gauge!("hanoi_ioc_device_certificates").set(figures.counting as f64);
        metrics::gauge!("hanoi_ioc_device_certificates_ending").set(figures.ending as f64);
        metrics::gauge!("hanoi_ioc_device_certificates_ended").set(figures.ended as f64);
        metrics::gauge!("hanoi_ioc_device_certificates_revoked").set(figures.revoked as f64);
    }
}
