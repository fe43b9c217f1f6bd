//! Tests of the running service, one module a subject, in one binary.
