#!/usr/bin/env bash
# rustdoc as docs.rs has it, which documents what is not stable yet: cargo and the compiler do not notice, so what they
# have checked is not checked again.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
