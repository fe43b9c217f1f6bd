# Поиск.
search = Найти
search-label = Найти регион, критерий, показатель или платформу
search-title = Найдено по запросу «{ $words }»
search-found = { $count ->
    [one] Нашлось { $count } название.
    [few] Нашлось { $count } названия.
   *[many] Нашлось { $count } названий.
}
search-nothing = Такого названия нет. Попробуйте короче или иначе: искать можно по-казахски, по-русски и по-английски, кириллицей и латиницей.
search-all-regions = Все регионы
kind-region = регион
kind-criterion = критерий
kind-indicator = показатель
search-standing = { $score } балла за { $year } год, { $rank }‑е место
nav-releases = Выпуски
nav-downloads = Данные
kind-platform = образовательная платформа
