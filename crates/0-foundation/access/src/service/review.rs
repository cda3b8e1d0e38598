//! The review of who may what.

use super::Accounts;
use crate::error::AccessError;
use crate::model::{Account, Right};
use crate::session::Live;
use crate::wire::people::RightView;
use crate::wire::why::{Review, ReviewLine};
use kernel::time::Timestamp;
use policy::action::Action;
use policy::principal::Principal;
use policy::role;

impl Accounts {
    /// One line for each right of each account within reach.
    pub async fn review(&self, by: &Live) -> Result<Review, AccessError> {
        let now = self.wall.now();
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let (accounts, next) = self.store.accounts(after, 1_000).await?;
            for (account, _) in accounts {
                if self.reaches(by, Action::ReviewRead, &account) {
                    items.extend(account.rights.iter().map(|right| line(&account, right, now)));
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        Ok(Review {
            at: now.to_string(),
            items,
        })
    }

    /// The other posts of somebody, as the engine sees them.
    pub async fn other_posts(&self, live: &Live) -> Result<Vec<(usize, Principal)>, AccessError> {
        let (account, _) = self.load_account(&live.account).await?;
        Ok(live.others(self.ceiling(&account)))
    }
}

fn line(account: &Account, right: &Right, now: Timestamp) -> ReviewLine {
    let state = if account.ended.is_some() {
        "ended"
    } else if account.must_change {
        "never_signed_in"
    } else {
        "active"
    };
    let over = right.until.is_some_and(|until| until <= now);
    let asks = role::get(&right.role).is_some_and(|role| role.second_factor);
    ReviewLine {
        account: account.name.clone(),
        actor: account.actor_id().to_string(),
        state: state.to_owned(),
        second_factor: account.has_second_factor(),
        weak: asks && !account.has_second_factor(),
        right: RightView::from(right),
        validity: if over { "over" } else { "valid" }.to_owned(),
        endless: right.until.is_none(),
    }
}
