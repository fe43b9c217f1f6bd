sources-title = Источники и актуальность
sources-summary = { $count ->
    [one] Используется { $count } таблица
    [few] Используются { $count } таблицы
   *[many] Используется { $count } таблиц
}: актуальных — { $fresh }, запаздывают — { $late }, устарели — { $stale }, без данных — { $empty }.
sources-rule = Таблица, не прошедшая проверку, задерживается, причины указаны ниже; опубликованной остаётся последняя годная версия с указанием возраста.
sources-covered-rule = Актуальность определяется по последнему периоду, за который есть данные по стольким территориям, сколько их должно быть в таблице, а где число не задано — по самой стране.
sources-covered = более новые данные есть лишь по части территорий; судим по периоду: { $period }
sources-runs = Все запуски
freshness-title = Насколько свежи данные
freshness = Актуальность
freshness-fresh = актуально
freshness-late = ожидается новый период
freshness-stale = устарело
freshness-empty = данных ещё нет
outcome-updated = обновлено
outcome-unchanged = нового нет
outcome-quarantined = задержано проверкой
outcome-failed = сбой
outcome-unreachable = источник недоступен
trigger-first-start = первый запуск
trigger-schedule = по расписанию
trigger-catch-up = после простоя
trigger-manual = вручную
dataflow = Таблица
provider = Поставщик
periods = Периоды
as-of = По состоянию на
last-run = Последний запуск
recording = запись из поставки
licence = Лицензия
attribution = Указание источника
observations = Наблюдения
raw-open = Исходный файл можно передавать.
raw-closed = Исходный файл передавать нельзя.
landing-page = На сайте источника
reasons = Почему задержано
repairs = Замечания и исправления
file-row = Строка
file-column = Столбец
expected = Ожидалось
found = Получено
what = Что
raw-file = Файл, как он получен
not-asked = Не запрашивается
