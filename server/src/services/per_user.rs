//! So many of something at once for each user.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use types::UserId;

/// A number of places for each user; a user who holds none takes no memory.
#[derive(Debug)]
pub(crate) struct PerUser {
    each: usize,
    of_users: Mutex<BTreeMap<UserId, Weak<Semaphore>>>,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    /// Keeps the user's semaphore alive, so that all of their places count together.
    _of_user: Arc<Semaphore>,
}

impl PerUser {
    pub(crate) const fn new(each: usize) -> Self {
        Self { each, of_users: Mutex::new(BTreeMap::new()) }
    }

    /// Waits for a place of the user.
    pub(crate) async fn take(&self, user: UserId) -> Option<Place> {
        let of_user = self.of(user);
        let permit = of_user.clone().acquire_owned().await.ok()?;
        Some(Place { _permit: permit, _of_user: of_user })
    }

    /// Takes a place of the user if one is free.
    pub(crate) fn try_take(&self, user: UserId) -> Option<Place> {
        let of_user = self.of(user);
        let permit = of_user.clone().try_acquire_owned().ok()?;
        Some(Place { _permit: permit, _of_user: of_user })
    }

    fn of(&self, user: UserId) -> Arc<Semaphore> {
        let mut of_users = self.of_users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = of_users.get(&user).and_then(Weak::upgrade) {
            return known;
        }
        of_users.retain(|_, known| known.strong_count() > 0);
        let new = Arc::new(Semaphore::new(self.each));
        of_users.insert(user, Arc::downgrade(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn places_are_counted_for_each_user_and_come_back() {
        let places = PerUser::new(2);
        let user = |n| UserId::from_uuid(Uuid::from_u128(n));
        let held = [places.try_take(user(1)), places.try_take(user(1))];
        assert!(held.iter().all(Option::is_some) && places.try_take(user(1)).is_none());
        assert!(places.try_take(user(2)).is_some(), "another user's are another matter");
        drop(held);
        assert!(places.try_take(user(1)).is_some());
    }
}
