//! Tells the linker to pack the table of addresses that are set when the program starts: 0.3 MB of the 12 that it may
//! have. Only the program is linked anew by it, and a linker that does not know the option passes it over.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |key: &str, value: &str| std::env::var(key).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=vafa=-Wl,-z,pack-relative-relocs");
    }
}
