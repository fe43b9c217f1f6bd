# Регионы, критерии, показатели.
criterion = Критерий
indicator = Показатель
value = Значение
period = Период
status = Статус
national-value = По стране
goalposts = Границы шкалы
weight = Вес, %
contribution = Вклад, баллы
source = Источник
coverage = Охват
proxy = косвенный показатель
lower-is-better = меньше — лучше
higher-is-better = больше — лучше
national-only = только по стране
goalposts-range = { $low } – { $high }
region-headline = { $area }: { $score } балла из 100 за { $year } год, { $rank }‑е место из { $ranked }
region-not-in-year = { $area }: на конец { $year } года такого региона не было, поэтому индекса за этот год нет.
region-formed = Образована { $day }; прежде в составе: { $from }. До этого показывать нечего; значения прежней области отмечены.
region-dissolved = Упразднена { $day }.
region-break = Территория изменилась { $day }: { $reason }. Значения до и после несопоставимы.
region-criteria-subtitle = Баллы 0–100 по критериям, { $year } год; место — среди регионов
region-ends = Сильнее всего: { $best } ({ $high }); слабее всего: { $worst } ({ $low })
heat-title-region = Баллы по критериям
indicators-title = От значения к баллу
indicators-caption = Каждый показатель: значение → балл → вес → вклад в индекс
criterion-empty = По этому критерию данных по регионам не публикуют; в индекс он не входит.
lines-ahead = { $count ->
    [one] { $area }: лучше, чем по стране, по { $ahead } из { $count } показателя
   *[other] { $area }: лучше, чем по стране, по { $ahead } из { $count } показателей
}
lines-title = Динамика
lines-subtitle = Золотая линия — регион, пунктир — страна. Разрыв со знаком: с прежними годами не сравнивать.
remark-denominator = числитель за { $numerator }, население за { $denominator }
remark-across-boundary = после { $period } границы изменились
remark-break = разрыв ряда: { $period }
remark-back-cast = источник пересчитал { $period } в нынешних границах
criterion-weight = Вес в индексе: { $weight } %.
values-widest = { $count ->
    [one] { $indicator }: от { $low } до { $high }
   *[other] Сильнее всего регионы различаются по показателю «{ $indicator }»: от { $low } до { $high }
}
values-title = Значения, из которых сложились баллы
values-subtitle = Значения в своих единицах для выпуска за { $year } год; цвет — балл
members-title = Чем измеряется
nav-overview-regions = Регионы
national-only-finding = Публикуется только значение по стране: у всех регионов оно одно и отмечено как замена.
finding-none-indicator = За этот год ни у одного региона нет своего значения.
finding-no-value = За этот год не опубликовано ни одного значения: показатель в индекс не входит.
indicator-bars-subtitle = { $indicator }, { $unit }; значения для выпуска за { $year } год
indicator-line-title = { $indicator }: динамика
indicator-line-subtitle = { $measured }; пунктир — страна, серые линии — регионы
line-note = Пропуск — нет данных. Знак на линии: с прежним периодом не сравнивать.
line-earlier = { $area }, прежнее
line-earlier-short = прежнее
line-earlier-note = Точечная линия: { $area }, значения, известные с { $day }, до пересмотра.
rules-title = Правила
unit = Единица измерения
direction = Направление
own-weight = Вес
max-age = Наибольший возраст
max-age-years = { $count ->
    [one] { $count } год
    [few] { $count } года
   *[many] { $count } лет
}
relative-weight = { $weight } внутри критерия
