//! Work that is done side by side, on as many threads as can be started.

use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread;

/// Does both, at once where a thread can be started.
pub fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    let other = Mutex::new(Some(other));
    let do_other = || {
        let other = other.lock().expect("no thread panics with the lock").take();
        other.expect("it is done once")()
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, do_other);
        let one = one();
        let other = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => do_other(),
        };
        (one, other)
    })
}

/// Does the same with all items; what comes of them in their order.
pub fn each<T: Sync, R: Send>(items: &[T], work: &(impl Fn(&T) -> R + Sync)) -> Vec<R> {
    match items {
        [] => Vec::new(),
        [only] => vec![work(only)],
        _ => {
            let (begin, end) = items.split_at(items.len() / 2);
            let (mut all, end) = both(|| each(begin, work), || each(end, work));
            all.extend(end);
            all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_items_is_in_their_order() {
        for count in [0, 1, 2, 3, 7, 8] {
            let items: Vec<u32> = (0..count).collect();
            assert_eq!(each(&items, &|item| item + 1), (1..=count).collect::<Vec<u32>>());
        }
    }
}
