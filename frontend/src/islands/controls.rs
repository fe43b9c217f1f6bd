//! The controls of a form as the reader left them, which is the state of the island that answers for it:
//! what she chose while the module was on its way counts too.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlOptionElement, HtmlSelectElement};

use crate::islands::rewriting::all_in;

/// Names and values in the order of the page, as the form would send them.
pub(super) fn pairs(form: &Element) -> Vec<(String, String)> {
    let pair = |control: &Element| {
        let name = control.get_attribute("name")?;
        if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
            return Some((name, select.value()));
        }
        let input: &HtmlInputElement = control.dyn_ref()?;
        (input.type_() != "radio" || input.checked()).then(|| (name, input.value()))
    };
    all_in(form, "input, select").iter().filter_map(pair).collect()
}

/// Whether every control still says what it was served with.
pub(super) fn are_as_served(form: &Element) -> bool {
    all_in(form, "input[type=radio][checked], input[type=range], option[selected]").iter().all(|control| {
        if let Some(option) = control.dyn_ref::<HtmlOptionElement>() {
            return option.selected();
        }
        let Some(input) = control.dyn_ref::<HtmlInputElement>() else { return true };
        if input.type_() == "radio" { input.checked() } else { control.get_attribute("value") == Some(input.value()) }
    })
}
