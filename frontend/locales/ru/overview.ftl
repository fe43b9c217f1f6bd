headline = { $country }: индекс за { $year } год — { $score } балла из 100
headline-up = { $country }: индекс за { $year } год — { $score } балла из 100, на { $change } балла выше, чем в { $previous } году
headline-down = { $country }: индекс за { $year } год — { $score } балла из 100, на { $change } балла ниже, чем в { $previous } году
headline-same = { $country }: индекс за { $year } год — { $score } балла из 100, столько же, сколько в { $previous } году
headline-no-score = { $country }: для индекса за { $year } год нет данных
rests-on = На чём стоит этот балл: { $coverage }.
mean-age = Средний возраст использованных данных, лет: { $years }.
recordings-notice = { $count ->
    [one] Данные { $count } источника взяты из записей
    [few] Данные { $count } источников взяты из записей
   *[many] Данные { $count } источников взяты из записей
}, поставляемых с программой ({ $first } – { $last }); по расписанию они запрашиваются у первоисточника.
notice-sources = Актуальность данных
choose-criterion = Что показать
choose-year = Год
whole-index = Весь индекс
show = Показать
ranking-title = Рейтинг: { $count ->
    [one] { $count } регион
    [few] { $count } региона
   *[many] { $count } регионов
}
trend-title = Балл страны: { $from } в { $first } году, { $to } в { $last } году
trend-subtitle = { $measure }, баллы 0–100: тёмная линия — страна, серые — регионы
trend-note = Каждый год рассчитан по данным, которые для него есть: когда появляется новый показатель, балл тоже может измениться. Разрыв линии — изменение границ или регион ещё не существовал.
heat-title = Регионы по восьми критериям
criteria-without-data = Критерии, по которым нет опубликованных данных по регионам: { $criteria }. В индекс они не входят и нулём не считаются.
play = Показать по годам
stop = Остановить
