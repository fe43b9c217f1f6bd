//! The API as its users meet it: every route, every kind of error, caching.
