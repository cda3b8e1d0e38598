//! Commands to devices: the slice joined with what they report, with the journal, and with the way down to their connections.

use crate::join::{Downward, MainRoad};
use chassis::shutdown::Shutdown;
use device::react::Requests;
use device::reconcile::{Dispatch, PERIOD};
use device::service::Devices;
use device::service::command::Commands;
use device::store::command::CommandStore;
use embedded::tenant::EmbeddedTenant;
use kernel::id::TenantId;
use observation::service::Observations;
use std::sync::Arc;

/// The commands of the tenant, with their dispatcher and their consumer of requests running. Nothing goes down before the
/// door of the devices is joined with the second part.
pub(crate) fn start(
    shutdown: &Shutdown,
    engine: &EmbeddedTenant,
    devices: &Devices,
    observations: &Observations,
    tenant: &TenantId,
) -> (Commands, Arc<Downward>) {
    let store = CommandStore::new(Arc::clone(&engine.records), tenant.clone());
    let readings = Arc::new(MainRoad(observations.clone()));
    let commands = Commands::new(store, devices.clone(), readings);
    let downlink = Arc::new(Downward::default());

    let requests = Arc::new(Requests::new(commands.clone()));
    let (journal, stop) = (Arc::clone(&engine.journal), shutdown.background.token());
    shutdown
        .background
        .spawn(chassis::consumer::run(journal, requests, stop));

    let dispatch = Dispatch::new(commands.clone(), Arc::<Downward>::clone(&downlink));
    let (nudge, stop) = (commands.nudge(), shutdown.background.token());
    shutdown.background.spawn(async move {
        let turn = || {
            let dispatch = dispatch.clone();
            async move { dispatch.turn().await.map(drop) }
        };
        chassis::reconcile::run("device_commands", PERIOD, nudge, stop, turn).await;
    });
    (commands, downlink)
}
