//! What columns and tables are called by people, in three languages. The codes that programs read do not change with the
//! language; a test holds that every column of every table has a name here.

use indicators::text::Language;

/// A name in Kazakh, Russian and English.
type Named = (&'static str, [&'static str; 3]);

/// Titles of the tables, by the operation that gives them.
const TITLES: &[Named] = &[
    ("areas", ["Аумақтар тізбесі", "Перечень территорий", "The code list of areas"]),
    ("criteria", ["Индекс критерийлері", "Критерии индекса", "The criteria of the framework"]),
    (
        "diff",
        [
            "Екі шығарылымның балдары неге өзгеше",
            "Почему баллы двух выпусков различаются",
            "Why the scores of two releases differ",
        ],
    ),
    (
        "index",
        [
            "Аумақтар бойынша индекс пен критерийлердің балдары",
            "Баллы индекса и критериев по территориям",
            "Index and criterion scores by area",
        ],
    ),
    ("indicators", ["Екі топтың көрсеткіштері", "Показатели обеих панелей", "The indicators of both panels"]),
    ("observations", ["Жарияланған мәндер", "Опубликованные значения", "Observations as published"]),
    (
        "profile",
        [
            "Бір аумақтың индексі неден құралады",
            "Из чего складывается индекс территории",
            "Everything behind one area's index",
        ],
    ),
    ("releases", ["Жарияланған шығарылымдар", "Опубликованные выпуски", "The releases published"]),
    (
        "revisions",
        ["Кейін қайта қаралған мәндер", "Значения, пересмотренные позднее", "What was said and later said otherwise"],
    ),
    ("robustness", ["Орындардың тұрақтылығы", "Насколько устойчивы места", "How far the places hold"]),
    ("runs", ["Деректерді жаңарту тарихы", "История обновления данных", "Runs of the dataflows"]),
    ("sources", ["Деректер қайдан алынған", "Откуда взяты данные", "Where the figures come from"]),
    (
        "submission_template",
        [
            "Толтырып жіберуге арналған кесте",
            "Таблица для заполнения и отправки",
            "A table to be filled in and submitted",
        ],
    ),
    (
        "what_if",
        [
            "Өз салмақтарыңыз бойынша балдар мен орындар",
            "Баллы и места при ваших весах",
            "Scores and ranks under your own weights",
        ],
    ),
];

/// Names of the columns.
const COLUMNS: &[Named] = &[
    ("after", ["Кейін", "После", "After"]),
    ("after_vintage", ["Өзгерткен нұсқа", "Изменившая версия", "Vintage that changed it"]),
    ("age", ["Жас тобы", "Возрастная группа", "Age group"]),
    ("area", ["Аумақ", "Территория", "Area"]),
    ("area_name", ["Аумақтың атауы", "Название территории", "Name of the area"]),
    ("as_of", ["Деректер күні", "Дата данных", "Data as of"]),
    ("attribution_en", ["Сілтеме мәтіні (ағылшынша)", "Указание источника (англ.)", "Attribution (English)"]),
    ("before", ["Бұрын", "До", "Before"]),
    ("before_vintage", ["Бұрынғы нұсқа", "Прежняя версия", "Vintage before"]),
    ("boundary_break", ["Шекара өзгерді", "Изменение границ", "Boundary change"]),
    ("bundled", ["Бағдарламамен бірге келген жазба", "Запись из комплекта программы", "Bundled recording"]),
    ("bytes", ["Алынған байттар", "Получено байтов", "Bytes received"]),
    (
        "carried_forward",
        ["Бұрынғы кезеңнен алынған үлес", "Доля перенесённых из прежнего периода", "Share carried forward"],
    ),
    ("changed", ["Жаңа немесе өзгерген мәндер", "Новых или изменившихся значений", "New or changed values"]),
    ("code", ["Код", "Код", "Code"]),
    ("column", ["Баған", "Столбец", "Column"]),
    ("contribution", ["Индекске қосқан үлесі", "Вклад в индекс", "Contribution to the index"]),
    ("country_indicators", ["Елдер тобының көрсеткіштері", "Показатели панели стран", "Indicators of the countries"]),
    ("covered_period", ["Қамтылған кезең", "Охваченный период", "Period covered"]),
    ("criterion", ["Критерий", "Критерий", "Criterion"]),
    ("criterion_name", ["Критерийдің атауы", "Название критерия", "Name of the criterion"]),
    ("data_as_of", ["Деректердің соңғы күні", "Последняя дата данных", "Newest day of the data"]),
    ("dataflow", ["Деректер ағыны", "Поток данных", "Dataflow"]),
    ("dataflows", ["Деректер ағындары", "Потоки данных", "Dataflows"]),
    ("decimals", ["Үтірден кейінгі таңбалар", "Знаков после запятой", "Decimals"]),
    ("description_en", ["Сипаттамасы ағылшынша", "Описание на английском", "Description in English"]),
    ("description_kk", ["Сипаттамасы қазақша", "Описание на казахском", "Description in Kazakh"]),
    ("description_ru", ["Сипаттамасы орысша", "Описание на русском", "Description in Russian"]),
    ("direction", ["Бағыты", "Направление", "Direction"]),
    ("effective_weight", ["Бүкіл индекстегі салмағы", "Вес во всём индексе", "Share of the whole index"]),
    ("ended_at", ["Аяқталған уақыты", "Окончание", "Ended at"]),
    ("expected", ["Не күтілген", "Что ожидалось", "Expected"]),
    ("first_period", ["Алғашқы кезең", "Первый период", "First period"]),
    ("found", ["Не табылған", "Что найдено", "Found"]),
    ("framework", ["Әдістеме нұсқасы", "Версия методологии", "Framework"]),
    ("freq", ["Кезеңділік", "Периодичность", "Frequency"]),
    ("freshness", ["Деректердің өзектілігі", "Актуальность данных", "Freshness"]),
    ("goalpost_high", ["Жоғарғы шек", "Верхняя граница", "Upper goalpost"]),
    ("goalpost_low", ["Төменгі шек", "Нижняя граница", "Lower goalpost"]),
    ("id", ["Идентификатор", "Идентификатор", "Identifier"]),
    ("imputed", ["Есептелген мәндердің үлесі", "Доля расчётных значений", "Share imputed"]),
    ("in_force", ["Күшінде", "Действует", "In force"]),
    ("indicator", ["Көрсеткіш", "Показатель", "Indicator"]),
    ("indicator_name", ["Көрсеткіштің атауы", "Название показателя", "Name of the indicator"]),
    ("indicators", ["Көрсеткіштер", "Показатели", "Indicators"]),
    ("kind", ["Түрі", "Вид", "Kind"]),
    ("landing_url", ["Бет", "Страница", "Page"]),
    ("last_period", ["Соңғы кезең", "Последний период", "Last period"]),
    ("level", ["Деңгейі", "Уровень", "Level"]),
    ("licence", ["Лицензия", "Лицензия", "Licence"]),
    ("max_age_years", ["Мәннің ең үлкен жасы, жыл", "Предельный возраст значения, лет", "Greatest age, years"]),
    ("mean_age_years", ["Деректердің орташа жасы, жыл", "Средний возраст данных, лет", "Mean age, years"]),
    ("message", ["Хабарлама", "Сообщение", "Message"]),
    ("method", ["Әдіс өзгерісінен", "Из-за метода", "From the method"]),
    ("missing", ["Мәні жоқ үлес", "Доля без значения", "Share missing"]),
    ("name_en", ["Атауы ағылшынша", "Название на английском", "Name in English"]),
    ("name_kk", ["Атауы қазақша", "Название на казахском", "Name in Kazakh"]),
    ("name_ru", ["Атауы орысша", "Название на русском", "Name in Russian"]),
    ("national_only", ["Тек ұлттық мән", "Только национальное значение", "National value only"]),
    (
        "national_substitute",
        ["Ұлттық мән қолданылған үлес", "Доля на национальном значении", "Share on the national value"],
    ),
    ("new_data", ["Жаңа деректерден", "Из-за новых данных", "From new data"]),
    ("node", ["Индекс, критерий немесе көрсеткіш", "Индекс, критерий или показатель", "Index, criterion or indicator"]),
    ("normalised", ["Қалыпқа келтірілген балл", "Нормализованный балл", "Normalised score"]),
    ("observations", ["Мәндер саны", "Число значений", "Observations"]),
    ("observed", ["Өз мәні бар үлес", "Доля на собственных значениях", "Share observed"]),
    ("outcome", ["Нәтижесі", "Итог", "Outcome"]),
    ("panel", ["Топ", "Панель", "Panel"]),
    ("parent", ["Қай елде", "Страна", "Country"]),
    ("peers", ["Басқа аумақтардан", "Из-за других территорий", "From other areas"]),
    ("period", ["Кезең", "Период", "Period"]),
    (
        "predecessor_substitute",
        [
            "Бұрынғы аумақтың мәні қолданылған үлес",
            "Доля на значении территории-предшественницы",
            "Share on the predecessor's value",
        ],
    ),
    ("predecessors", ["Қай аумақтардан бөлінді", "Из каких территорий выделена", "Predecessors"]),
    ("provider_en", ["Жеткізуші (ағылшынша)", "Поставщик (англ.)", "Provider (English)"]),
    ("proxy", ["Жанама көрсеткіш", "Косвенный показатель", "Proxy"]),
    ("published_on", ["Жарияланған күні", "Дата публикации", "Published on"]),
    ("published_rank", ["Жарияланған орын", "Опубликованное место", "Published rank"]),
    ("published_score", ["Жарияланған балл", "Опубликованный балл", "Published score"]),
    ("rank", ["Орын", "Место", "Rank"]),
    ("rank_after", ["Кейінгі орын", "Место после", "Rank after"]),
    ("rank_before", ["Бұрынғы орын", "Место до", "Rank before"]),
    ("rank_high", ["Орын аралығының нашар шегі", "Худшее место интервала", "Worse end of the rank interval"]),
    ("rank_low", ["Орын аралығының жақсы шегі", "Лучшее место интервала", "Better end of the rank interval"]),
    ("raw_open", ["Бастапқы файл ашық", "Исходный файл открыт", "Raw bytes open"]),
    ("recipe", ["Рецепт", "Рецепт", "Recipe"]),
    ("reference_year", ["Есепті жыл", "Отчётный год", "Reference year"]),
    ("region_indicators", ["Өңірлер тобының көрсеткіштері", "Показатели панели регионов", "Indicators of the regions"]),
    ("release", ["Шығарылым", "Выпуск", "Release"]),
    ("remark", ["Ескертудің түрі", "Вид замечания", "Kind of remark"]),
    ("revised_data", ["Қайта қаралған деректерден", "Из-за пересмотра данных", "From revised data"]),
    ("row", ["Жол", "Строка", "Row"]),
    ("score", ["Балл", "Балл", "Score"]),
    ("sex", ["Жынысы", "Пол", "Sex"]),
    ("snapshot", ["Бастапқы файлдың SHA-256", "SHA-256 исходного файла", "SHA-256 of the bytes received"]),
    ("snapshots", ["Бастапқы файлдардың SHA-256", "SHA-256 исходных файлов", "SHA-256 of all bytes received"]),
    ("source_areas", ["Мәні алынған аумақтар", "Территории, чьи значения взяты", "Areas whose values were used"]),
    ("started_at", ["Басталған уақыты", "Начало", "Started at"]),
    ("status", ["Мәртебе", "Статус", "Status"]),
    ("submitted_by", ["Кім ұсынды", "Кем представлено", "Submitted by"]),
    ("treated", ["Шығарындылар өңделгеннен кейінгі мән", "Значение после обработки выбросов", "Value after treatment"]),
    ("trigger", ["Не бастады", "Чем запущено", "Trigger"]),
    ("unit", ["Өлшем бірлігі", "Единица измерения", "Unit of measure"]),
    ("unit_name_en", ["Өлшем бірлігінің атауы (ағылшынша)", "Название единицы (англ.)", "Name of the unit (English)"]),
    ("urbanisation", ["Қала мен ауыл", "Город и село", "Degree of urbanisation"]),
    ("valid_from", ["Қай күннен бастап қолданылады", "Действует с", "Valid from"]),
    ("valid_to", ["Қай күннен бастап жоқ", "Не существует с", "Valid to"]),
    ("value", ["Мән", "Значение", "Value"]),
    ("vintage", ["Деректер нұсқасы", "Версия данных", "Vintage"]),
    ("vintages", ["Деректер нұсқалары", "Версии данных", "Vintages"]),
    ("weight", ["Салмақ", "Вес", "Weight"]),
];

/// What a column is called; its own name where nobody named it.
pub(crate) fn of_column(name: &'static str, language: Language) -> &'static str {
    of(COLUMNS, name, language).unwrap_or(name)
}

/// What the table of an operation is called.
pub(crate) fn of_table(operation: &str, language: Language) -> Option<&'static str> {
    of(TITLES, operation, language)
}

fn of(all: &'static [Named], wanted: &str, language: Language) -> Option<&'static str> {
    let (_, [kk, ru, en]) = all.iter().find(|(name, _)| *name == wanted)?;
    Some(match language {
        Language::Kk => kk,
        Language::Ru => ru,
        Language::En => en,
    })
}
