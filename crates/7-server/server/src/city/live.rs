//! The city that lives by the pack: judges its files, and lets profiles, rules, standards and indicators count at once.

use super::check::check;
use super::parse;
use async_trait::async_trait;
use chassis::yaml::Mistake;
use device::registry::Registry;
use indicator::service::Indicators;
use observation::pipeline::Ask;
use pack::model::name::Kind;
use pack::model::{Applies, Files};
use pack::service::city::City;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// A running instance, as far as the pack reaches into it.
#[derive(Clone, Debug)]
pub(crate) struct LiveCity {
    pub(crate) registry: Arc<Registry>,
    pub(crate) indicators: Indicators,
    pub(crate) asks: mpsc::Sender<Ask>,
    pub(crate) clocks: crate::clocks::Clocks,
}

#[async_trait]
impl City for LiveCity {
    fn check(&self, files: &Files) -> Vec<Mistake> {
        check(files).1
    }

    fn applies(&self, kind: Kind) -> Applies {
        match kind {
            Kind::Rule | Kind::Profile | Kind::Standard | Kind::Indicator => Applies::Now,
            Kind::Orgs | Kind::Areas | Kind::Cells | Kind::Devices | Kind::Storm => Applies::Restart,
        }
    }

    /// Rules that have not changed keep their windows; a changed one clears what it held raised and judges anew from the
    /// next row on. A changed profile counts for series that are new; those that are known follow it at the next start.
    async fn apply(&self, files: &Files) -> Result<(), String> {
        let parsed = parse(files);
        let (reply, answer) = oneshot::channel();
        let rules = self.clocks.pace(parsed.rules);
        let ending = "the instance is ending";
        self.asks
            .send(Ask::Rules(rules, reply))
            .await
            .map_err(|_| ending.to_owned())?;
        answer.await.map_err(|_| ending.to_owned())??;
        self.registry.set_profiles(parsed.profiles);
        self.indicators.replace(parsed.library);
        Ok(())
    }
}
