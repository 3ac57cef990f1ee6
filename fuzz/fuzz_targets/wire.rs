//! Messages between terminal and server, packed and plain, and the small texts around them. What was read is written and
//! read again: the same must come back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minicbor::{Decode, Encode};
use vafa::wire::{self, *};

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    match kind % 13 {
        0 => again::<EnrolRequest>(bytes),
        1 => again::<EnrolReply>(bytes),
        2 => again::<SignedBundle>(bytes),
        3 => again::<Bundle>(bytes),
        4 => again::<HelloRequest>(bytes),
        5 => again::<HelloReply>(bytes),
        6 => again::<PushRequest>(bytes),
        7 => again::<PushReply>(bytes),
        8 => again::<FeedReply>(bytes),
        9 => again::<Manifest>(bytes),
        10 => again::<Part>(bytes),
        11 => again::<Refused>(bytes),
        _ => {
            if let Ok(push) = wire::unpack::<PushRequest>(bytes) {
                let back = wire::unpack(&wire::pack(&push)).expect("what was packed unpacks");
                assert_eq!(push, back);
            }
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _ = wire::unhex::<32>(text);
                let _ = wire::code_is_whole(text);
                let _ = wire::code_hint(text);
            }
        }
    }
});

fn again<T>(bytes: &[u8])
where
    T: for<'b> Decode<'b, ()> + Encode<()> + PartialEq + std::fmt::Debug,
{
    let Ok(message) = minicbor::decode::<T>(bytes) else { return };
    let written = minicbor::to_vec(&message).expect("memory takes all");
    let back: T = minicbor::decode(&written).expect("what was written reads");
    assert_eq!(message, back);
}
