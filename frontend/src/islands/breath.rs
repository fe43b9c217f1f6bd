//! A breath between two pieces of work, in which the browser answers the reader and draws.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageChannel;

/// Goes on in a task of its own. A message comes at once; a timer that follows several others waits four milliseconds.
pub(super) fn take_breath(go_on: impl FnOnce() + 'static) {
    let Ok(channel) = MessageChannel::new() else { return go_on() };
    let port = channel.port1();
    let answered = port.clone();
    let answer = Closure::once_into_js(move || {
        answered.close();
        go_on();
    });
    port.set_onmessage(Some(answer.unchecked_ref()));
    let _ = channel.port2().post_message(&JsValue::NULL);
}
