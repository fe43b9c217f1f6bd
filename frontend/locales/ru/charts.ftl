# Графики регионов, критериев и показателей.
sort-by = Сортировать: { $heading }
sorted-ascending = Отсортировано: { $heading }, по возрастанию
sorted-descending = Отсортировано: { $heading }, по убыванию
region-strip-title = { $area } среди всех регионов: выше — { $above }, ниже — { $below }
region-strip-median = средний регион { $score }
region-contributions-title = Из чего складывается балл
region-contributions-subtitle = Баллы индекса по критериям, { $year } год: их сумма — балл. Рядом с регионом — страна, первый и последний в рейтинге.
region-won = Больше всего выигрывает у страны: { $criterion }, { $points } балла
region-lost = Больше всего уступает стране: { $criterion }, { $points } балла
region-radar-title = { $ahead ->
    [one] { $area } опережает страну по { $ahead } критерию
   *[other] { $area } опережает страну по { $ahead } критериям
}
criterion-rose = { $area }: самый большой рост, на { $points } балла.
criterion-fell = { $area }: самое большое падение, на { $points } балла.
criterion-stood = За год ни у одного региона балл не изменился
criterion-change-subtitle = { $measure }, баллы 0–100: слева { $before } год, справа { $year }
criterion-change-note = Часть изменения может идти от показателя, который ещё не публиковали или уже не публикуют. Нет линии — нет балла за один из годов или другая территория.
against-more = Где больше «{ $one }», там обычно больше и «{ $other }»
against-less = Где больше «{ $one }», там обычно меньше «{ $other }»
against-none = Ясной связи между «{ $one }» и «{ $other }» нет
against-subtitle = Ранговая корреляция { $link }; мест, где есть свои значения обоих: { $count }; выпуск за { $year } год
against-note = Связь — не причина. Значения, взятые по стране или у прежней области, не учтены.
against-label = Сопоставить с
drill-summary = Как посчитано
drill-input = { $series }, { $area }, { $period }: { $value }
drill-vintage = выпуск данных { $vintage }
drill-treated = значение { $value } → обработано { $treated }
drill-normalised = балл: { $sum } = { $score }
drill-clipped = балл: { $sum }, вне границ шкалы, ограничен пределами 0–100: { $score }
drill-contribution = вклад: { $score } × вес { $weight } = { $points } балла индекса
revisions-title = { $count ->
    [one] Позже пересмотрено { $count } опубликованное значение
    [few] Позже пересмотрены { $count } опубликованных значения
   *[other] Позже пересмотрены { $count } опубликованных значений
}
revisions-most = Сильнее всего: { $area }, { $period }, с { $before } до { $after }.
revisions-meaning = Известное прежде остаётся в своём выпуске данных.
revisions-day = Выпуск данных: { $day }
revisions-before = Было
revisions-since = с { $day }
revisions-after = Стало
revisions-by = Изменение
revisions-withdrawn = отозвано
revisions-shown = Показано { $shown } из { $count }.
revisions-note = Изменения меньше показанных знаков пропущены; в файлах есть все.
