# Слова, общие для всех страниц.
site-name = Индекс цифровизации образования
skip-to-content = Перейти к содержанию
navigation = Страницы
language-choice = Язык
nav-overview = Обзор
nav-countries = Страны
nav-method = Методология
nav-sources = Источники
nav-about = О проекте
footer-honesty = Отсутствие данных — не ноль: такие места заштрихованы и подписаны «нет данных».
footer-licences = Лицензии и указание источников
footer-api = Открытый API
footer-version = Версия { $version }, методология { $framework }
not-found-title = Такой страницы нет
not-found-text = Возможно, адрес введён с ошибкой или страница переехала.
not-found-home = Перейти к обзору
nothing-published = Пока не опубликовано ни одного выпуска: данные загружаются.
no-data = нет данных
region = Регион
country = Страна
score = Балл
rank = Место
rank-is = { $rank }-е место
rank-interval = Интервал мест
own-data = Свои данные
index = Индекс
count-regions = { $count ->
    [one] { $count } регион
    [few] { $count } региона
   *[many] { $count } регионов
}
status-observed = свои данные за этот год
status-carried-forward = перенесено из прежнего периода
status-predecessor-substitute = использовано значение прежней области
status-national-substitute = использовано национальное значение
status-imputed = расчётное значение
status-not-applicable = не применяется
key-substituted = национальное значение или значение прежней области
boundary-break = Изменение границ: ряд несопоставим
figure-source = Источник:
figure-map = Карта:
figure-as-table = В виде таблицы
figure-csv = Скачать CSV
subtitle-score = { $measure }, баллы 0–100, { $year } год
finding-ends = Первое место — { $first } ({ $high }), последнее — { $last } ({ $low })
finding-all-equal = Во всех регионах одинаково: { $score } балла
finding-none = По этому критерию нет опубликованных данных
sign-carried = большей частью перенесено из прежнего периода
sign-substituted = большей частью национальное значение или значение прежней области
