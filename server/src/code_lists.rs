//! The code lists that tables and SDMX messages refer to, with names in three languages. Areas keep
//! their days of validity. What the codes are used for is not known here.

use indicators::definition::Panel;
use indicators::observation::ObsStatus;
use indicators::text::LocalText;
use jiff::civil::Date;

use crate::view::View;

/// A closed list of valid codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// Identifier, as in SDMX: `CL_AREA`.
    pub id: &'static str,
    /// Name.
    pub name: LocalText,
    /// The codes, in the published order.
    pub codes: Vec<Code>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub id: String,
    /// Name.
    pub name: LocalText,
    /// The code above it.
    pub parent: Option<String>,
    /// First day of validity.
    pub valid_from: Option<Date>,
    /// First day on which it is no longer valid.
    pub valid_to: Option<Date>,
    /// Codes it came from.
    pub predecessors: Vec<String>,
}

impl Code {
    fn new(id: impl Into<String>, name: LocalText) -> Self {
        Self { id: id.into(), name, parent: None, valid_from: None, valid_to: None, predecessors: Vec::new() }
    }
}

fn text(kk: &str, ru: &str, en: &str) -> LocalText {
    LocalText { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() }
}

fn list(id: &'static str, name: LocalText, codes: impl IntoIterator<Item = Code>) -> CodeList {
    CodeList { id, name, codes: codes.into_iter().collect() }
}

/// Areas, with validity, parent and predecessors.
#[must_use]
pub fn areas(view: &View) -> CodeList {
    let codes = view.areas.iter().map(|area| Code {
        id: area.code.to_string(),
        name: area.name.clone(),
        parent: area.parent.as_ref().map(ToString::to_string),
        valid_from: area.valid_from,
        valid_to: area.valid_to,
        predecessors: area.predecessors.iter().map(ToString::to_string).collect(),
    });
    list("CL_AREA", text("Аумақтар", "Территории", "Areas"), codes)
}

/// Measured indicators.
#[must_use]
pub fn measured_indicators(view: &View) -> CodeList {
    let mut codes: Vec<Code> =
        view.measured.iter().map(|measured| Code::new(measured.code.as_str(), measured.name.clone())).collect();
    codes.sort_by(|one, other| one.id.cmp(&other.id));
    codes.dedup_by(|one, other| one.id == other.id);
    list("CL_INDICATOR", text("Өлшенетін көрсеткіштер", "Измеряемые показатели", "Measured indicators"), codes)
}

/// Indicators of a panel of the framework.
#[must_use]
pub fn indicators_of(view: &View, panel: Panel) -> CodeList {
    let of_panel = view.indicators.iter().filter(|indicator| indicator.panel == panel);
    let codes = of_panel.map(|indicator| Code::new(indicator.code.as_str(), indicator.name.clone()));
    list("CL_FRAMEWORK_INDICATOR", text("Көрсеткіштер", "Показатели", "Indicators"), codes)
}

/// Criteria, and the index itself as `index`.
#[must_use]
pub fn criteria(view: &View) -> CodeList {
    let whole = Code::new("index", view.framework.name.clone());
    let codes = view.criteria.iter().map(|one| Code::new(one.code.as_str(), one.name.clone()));
    list("CL_CRITERION", text("Өлшемшарттар", "Критерии", "Criteria"), [whole].into_iter().chain(codes))
}

/// Units of measure.
#[must_use]
pub fn units(view: &View) -> CodeList {
    let mut codes: Vec<Code> = view
        .measured
        .iter()
        .map(|measured| Code::new(measured.unit.code.as_str(), measured.unit.name.clone()))
        .collect();
    codes.sort_by(|one, other| one.id.cmp(&other.id));
    codes.dedup_by(|one, other| one.id == other.id);
    list("CL_UNIT", text("Өлшем бірліктері", "Единицы измерения", "Units of measure"), codes)
}

/// Dataflows.
#[must_use]
pub fn dataflows(view: &View) -> CodeList {
    let codes = view.sources.iter().map(|source| Code::new(source.dataflow.as_str(), source.name.clone()));
    list("CL_DATAFLOW", text("Деректер ағындары", "Потоки данных", "Dataflows"), codes)
}

/// Dataflows that take submissions.
#[must_use]
pub fn submittable(view: &View) -> CodeList {
    let codes = view.submittable.iter().map(|one| Code::new(one.dataflow.as_str(), one.name.clone()));
    list("CL_DATAFLOW", text("Деректер ағындары", "Потоки данных", "Dataflows"), codes)
}

/// Indicators that may be submitted.
#[must_use]
pub fn submittable_indicators(view: &View) -> CodeList {
    let all = view.submittable.iter().flat_map(|one| &one.indicators);
    let codes = all.map(|indicator| Code::new(indicator.code.as_str(), indicator.name.clone()));
    list("CL_INDICATOR", text("Өлшенетін көрсеткіштер", "Измеряемые показатели", "Measured indicators"), codes)
}

/// How often a series is measured.
#[must_use]
pub fn frequencies() -> CodeList {
    list(
        "CL_FREQ",
        text("Кезеңділік", "Периодичность", "Frequency"),
        [
            Code::new("A", text("Жылдық", "Годовая", "Annual")),
            Code::new("Q", text("Тоқсандық", "Квартальная", "Quarterly")),
            Code::new("M", text("Айлық", "Месячная", "Monthly")),
        ],
    )
}

/// Place of residence.
#[must_use]
pub fn urbanisation() -> CodeList {
    list(
        "CL_URBANISATION",
        text("Қала мен ауыл", "Город и село", "Degree of urbanisation"),
        [total(), Code::new("U", text("Қала", "Город", "Urban")), Code::new("R", text("Ауыл", "Село", "Rural"))],
    )
}

/// Sex.
#[must_use]
pub fn sex() -> CodeList {
    list(
        "CL_SEX",
        text("Жынысы", "Пол", "Sex"),
        [
            total(),
            Code::new("M", text("Ерлер", "Мужчины", "Male")),
            Code::new("F", text("Әйелдер", "Женщины", "Female")),
        ],
    )
}

/// Age groups that occur.
#[must_use]
pub fn ages(view: &View) -> CodeList {
    let mut ids: Vec<&str> = view.observations.iter().map(|entry| entry.age.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let more = ids.into_iter().filter(|id| *id != "_T").map(|id| Code::new(id, age_name(id)));
    list("CL_AGE", text("Жас топтары", "Возрастные группы", "Age groups"), [total()].into_iter().chain(more))
}

fn total() -> Code {
    Code::new("_T", text("Барлығы", "Всего", "Total"))
}

/// The name of an SDMX age code: `Y15T24`, `Y_GE15`, `Y_LT15`, `Y7`. Another code is its own name.
fn age_name(id: &str) -> LocalText {
    if let Some(from) = id.strip_prefix("Y_GE") {
        return text(
            &format!("{from} жас және одан жоғары"),
            &format!("{from} лет и старше"),
            &format!("{from} and over"),
        );
    }
    if let Some(to) = id.strip_prefix("Y_LT") {
        return text(&format!("{to} жасқа дейін"), &format!("младше {to} лет"), &format!("under {to}"));
    }
    match id.strip_prefix('Y').map(|years| years.split_once('T').unwrap_or((years, ""))) {
        Some((age, "")) => text(&format!("{age} жас"), &format!("{age} лет"), &format!("aged {age}")),
        Some((from, to)) => {
            text(&format!("{from}–{to} жас"), &format!("{from}–{to} лет"), &format!("aged {from} to {to}"))
        }
        None => text(id, id, id),
    }
}

/// Status of an observation, in the letters and the English words of the SDMX cross-domain code list.
#[must_use]
pub fn statuses() -> CodeList {
    let names = [
        (ObsStatus::Normal, "Қалыпты мән", "Обычное значение", "Normal value"),
        (ObsStatus::Break, "Қатардағы үзіліс", "Разрыв ряда", "Time series break"),
        (ObsStatus::Estimated, "Бағаланған мән", "Оценка", "Estimated value"),
        (ObsStatus::Provisional, "Алдын ала мән", "Предварительное значение", "Provisional value"),
        (ObsStatus::LowReliability, "Сенімділігі төмен", "Низкая надёжность", "Low reliability"),
        (
            ObsStatus::CannotExist,
            "Мән болуы мүмкін емес",
            "Значение не может существовать",
            "Missing value; data cannot exist",
        ),
        (ObsStatus::Missing, "Мән жоқ", "Значение отсутствует", "Missing value"),
        (ObsStatus::Confidential, "Мән жоқ; жасырылған", "Значение скрыто", "Missing value; suppressed"),
        (ObsStatus::Negligible, "Елеусіз аз", "Пренебрежимо мало", "Not significant"),
    ];
    list(
        "CL_OBS_STATUS",
        text("Бақылау мәртебесі", "Статус наблюдения", "Observation status"),
        names.map(|(status, kk, ru, en)| Code::new(status.code(), text(kk, ru, en))),
    )
}
