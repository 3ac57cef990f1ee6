//! An allocator that counts how often it is asked for memory, and for how much. Everything else the system's does.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

static TIMES: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, counted.
pub struct Counted;

// SAFETY: every call goes to the system's allocator as it came; counting touches two numbers and no memory of the caller.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        unsafe { System.realloc(memory, layout, size) }
    }
}

fn note(size: usize) {
    TIMES.fetch_add(1, Ordering::Relaxed);
    BYTES.fetch_add(size as u64, Ordering::Relaxed);
}

/// How often memory was asked for while something was done, and how many bytes of it.
pub fn of<T>(work: impl FnOnce() -> T) -> (u64, u64, T) {
    let before = (TIMES.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    let done = work();
    let times = TIMES.load(Ordering::Relaxed) - before.0;
    (times, BYTES.load(Ordering::Relaxed) - before.1, done)
}
