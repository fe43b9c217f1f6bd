//! How a refused request is explained: RFC 9457 problem details with our members added. Which
//! codes there are is the server's table, not here.

use serde::{Deserialize, Serialize};

wire! {
    /// One fault of a request.
    #[derive(Eq)]
    pub struct ProblemError {
        /// The query parameter, path segment or header at fault.
        pub parameter: String,
        /// What belongs there.
        pub expected: String,
        /// What was given.
        pub found: String,
        /// Known values that look like it, best first.
        pub did_you_mean: Vec<String>,
    }
}

wire! {
    /// A refused request, as `application/problem+json`.
    #[derive(Eq)]
    pub struct ProblemDetails {
        /// Address that explains this kind of problem.
        #[serde(rename = "type")]
        pub kind: String,
        /// The kind in words; the same for every problem of one code.
        pub title: String,
        /// HTTP status.
        pub status: u16,
        /// Stable code for programs.
        pub code: String,
        /// What went wrong this time, a sentence that can be read alone.
        pub detail: String,
        /// The path that was asked for.
        pub instance: String,
        /// The identifier of the request, to be named when asking for help.
        pub request_id: String,
        /// The faults one by one; empty when there is nothing more to say than `detail`.
        pub errors: Vec<ProblemError>,
    }
}
