//! The one table of codes: for each its status, its title and what to do about it.

/// One row of the table of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorEntry {
    /// Stable code for programs.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The kind in words.
    pub title: &'static str,
    /// When it is answered and what to do about it.
    pub advice: &'static str,
}

macro_rules! error_table {
    ($($name:ident: $code:literal, $status:literal, $title:literal, $advice:literal;)*) => {
        /// The kinds of refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $(#[doc = $title] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its row of the table.
            #[must_use]
            pub const fn entry(self) -> ErrorEntry {
                match self {
                    $(Self::$name => ErrorEntry { code: $code, status: $status, title: $title, advice: $advice },)*
                }
            }
        }
    };
}

error_table! {
    MalformedQuery: "malformed_query", 400, "The query cannot be read",
        "The part after `?` is not UTF-8 once percent-decoded, or holds too many parameters.";
    UnknownParameter: "unknown_parameter", 400, "No such query parameter",
        "A parameter is misspelt or does not exist here; the known ones are listed in `expected`.";
    RepeatedParameter: "repeated_parameter", 400, "A query parameter is given twice",
        "Only lists may be given more than once.";
    BadParameter: "bad_parameter", 400, "A query parameter is not what belongs there",
        "See `expected` and `found`.";
    UnknownCode: "unknown_code", 400, "A code is not in its code list",
        "Codes are case-sensitive; `did_you_mean` lists near ones. The lists are `/areas`, `/criteria`, `/indicators` and `/sources`.";
    ForeignCursor: "foreign_cursor", 400, "The cursor belongs to another question",
        "Keep every parameter but `limit` unchanged from page to page.";
    MalformedBody: "malformed_body", 400, "The request body cannot be read",
        "See `parameter` for the part, line and column, and `found` for what is wrong there.";
    AnswerTooLarge: "answer_too_large", 400, "The answer does not fit the format",
        "Ask for less, or for a format without this bound, such as CSV.";
    KeyRequired: "key_required", 401, "A key is needed",
        "Send `Authorization: Bearer sandyq_…`. The operator of the service makes keys.";
    KeyRefused: "key_refused", 401, "The key is not good",
        "It is mistyped, expired or revoked. Ask the operator for another.";
    ScopeMissing: "scope_missing", 403, "The key does not open this",
        "See `expected` for what is needed.";
    NoSubmission: "no_submission", 404, "No such submission",
        "The identifier is that of none made with this key.";
    SubmissionDecided: "submission_decided", 409, "The submission is decided already",
        "See `detail` for how it stands.";
    TooManyHeld: "too_many_held", 409, "Too many submissions are waiting",
        "Withdraw those that are not meant any more, or wait for the operator.";
    IdempotencyKeyReused: "idempotency_key_reused", 422, "The idempotency key belongs to another request",
        "Use a new `Idempotency-Key` for each delivery, and the same one only to repeat it unchanged.";
    NoDataflow: "no_dataflow", 404, "No such dataflow",
        "The code is not in `/sources`; `did_you_mean` lists near ones.";
    RefreshUnderWay: "refresh_under_way", 409, "The dataflow is being refreshed already",
        "Its run will stand in `/runs`; ask again when it does.";
    NotAsked: "not_asked", 409, "Nobody is asked for the dataflow",
        "See `detail`: it is closed, it has no address, or its figures are delivered.";
    NoRun: "no_run", 404, "No such run",
        "No run has this identifier; `/runs` lists them.";
    NotDecidable: "not_decidable", 409, "The run cannot be decided so",
        "See `detail`: it is not quarantined, is decided already, was overtaken by newer figures, cannot be read, or nothing of it was kept.";
    NoResults: "no_results", 404, "Nothing answers the question",
        "The SDMX protocol answers 404 when nothing is found; ask for less narrow a key, or look at the availability.";
    UnknownPath: "unknown_path", 404, "Nothing is found at this address",
        "`did_you_mean` lists near paths; all are in `/api/v1/openapi.json`.";
    UnknownArea: "unknown_area", 404, "No such area",
        "The code is not in `/areas`, or the area is not compared in this release.";
    NoRelease: "no_release", 404, "No such release",
        "No release has this identifier, panel or reference year; `expected` lists those there are.";
    NoSnapshot: "no_snapshot", 404, "No such snapshot",
        "Nothing was received with this SHA-256; `/runs` names those that were.";
    NotOpen: "not_open", 403, "The bytes may not be handed out",
        "The provider's terms allow citing the figures only; they are in `/observations`.";
    MethodNotAllowed: "method_not_allowed", 405, "The method is not allowed here",
        "The `Allow` header lists the methods that are.";
    NotAcceptable: "not_acceptable", 406, "No representation is acceptable",
        "Ask by `Accept` for one of the media types in `expected`, or by suffix.";
    CursorExpired: "cursor_expired", 410, "The cursor has expired",
        "What is listed changed since the first page; begin again without `cursor`.";
    BodyTooLarge: "body_too_large", 413, "The request body is too large",
        "The bound is in `/api/v1/limits`.";
    UriTooLong: "uri_too_long", 414, "The address is too long",
        "The bound is in `/api/v1/limits`; ask for fewer codes at once.";
    UnsupportedMediaType: "unsupported_media_type", 415, "The request body is of another kind",
        "Send one of the media types in `expected`.";
    FaultyTables: "faulty_tables", 422, "The tables sent hold faults",
        "`errors` lists each with its table, row and column; mend them and send again.";
    NotComputable: "not_computable", 422, "The recipe cannot be computed on the data",
        "See `detail`; methods and parameters are in the methodology.";
    TooMuchWork: "too_much_work", 422, "The computation is too long for the service",
        "The bound is in `/api/v1/limits`. `sandyq compute` on your own machine has none.";
    TooManyRequests: "too_many_requests", 429, "Too many requests",
        "Wait as long as `Retry-After` says; the policy is in `/api/v1/limits`.";
    HeadersTooLarge: "headers_too_large", 431, "The request headers are too large",
        "The bound is in `/api/v1/limits`.";
    Internal: "internal", 500, "The service failed",
        "Not your fault. Quote `request_id` when reporting it.";
    Busy: "busy", 503, "Other long work is under way",
        "Wait as long as `Retry-After` says.";
    TimedOut: "timed_out", 503, "The answer took too long",
        "Try again later, or ask for less.";
}
