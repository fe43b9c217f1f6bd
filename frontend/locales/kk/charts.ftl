# Өңір, критерий және көрсеткіш графиктері.
sort-by = Сұрыптау: { $heading }
sorted-ascending = Сұрыпталды: { $heading }, өсу ретімен
sorted-descending = Сұрыпталды: { $heading }, кему ретімен
region-strip-title = { $area } барлық өңірдің арасында: жоғары — { $above }, төмен — { $below }
region-strip-median = ортадағы өңір { $score }
region-contributions-title = Балл неден құралады
region-contributions-subtitle = Критерийлердің индекске қосқан балдары, { $year } жыл: қосындысы — балл. Өңірдің қасында — ел, рейтингтің біріншісі мен соңғысы.
region-won = Елден ең көп озғаны: { $criterion }, { $points } балл
region-lost = Елден ең көп артта қалғаны: { $criterion }, { $points } балл
region-radar-title = { $area }: { $ahead } критерий бойынша елден жоғары
criterion-rose = Ең көп өскен — { $area }, { $points } балл.
criterion-fell = Ең көп төмендеген — { $area }, { $points } балл.
criterion-stood = Бір жылда бірде-бір өңірдің балы өзгермеді
criterion-change-subtitle = { $measure }, 0–100 балл: сол жақта { $before } жыл, оң жақта { $year } жыл
criterion-change-note = Өзгерістің бір бөлігі әлі жарияланбаған не енді жарияланбайтын көрсеткіштен болуы мүмкін. Сызық жоқ болса, бір жылдың балы жоқ немесе аумағы басқа.
against-more = «{ $one }» мәні жоғары жерлерде «{ $other }» мәні әдетте жоғары
against-less = «{ $one }» мәні жоғары жерлерде «{ $other }» мәні әдетте төмен
against-none = «{ $one }» және «{ $other }» арасында айқын байланыс жоқ
against-subtitle = Рангтік корреляция { $link }; екеуінің де өз мәні бар жерлер: { $count }; { $year } жылғы шығарылым
against-note = Байланыс — себеп емес. Ұлттық не бұрынғы облыстан алынған мәндер есепке алынбады.
against-label = Немен салыстыру
drill-summary = Қалай есептелді
drill-input = { $series }, { $area }, { $period }: { $value }
drill-vintage = дерек шығарылымы { $vintage }
drill-treated = мән { $value } → өңделген { $treated }
drill-normalised = балл: { $sum } = { $score }
drill-clipped = балл: { $sum }, шкала шегінен тыс, 0–100 аралығында ұсталған: { $score }
drill-contribution = үлес: { $score } × салмақ { $weight } = индекстің { $points } балы
revisions-title = { $count ->
    [one] Жарияланған { $count } мән кейін қайта қаралды
   *[other] Жарияланған { $count } мән кейін қайта қаралды
}
revisions-most = Ең көп өзгергені: { $area }, { $period }, { $before } орнына { $after }.
revisions-meaning = Бұрын белгілі болғаны өз дерек шығарылымында сақталады.
revisions-day = Дерек шығарылымы: { $day }
revisions-before = Бұрын
revisions-since = шығарылым: { $day }
revisions-after = Қазір
revisions-by = Өзгеріс
revisions-withdrawn = қайтарып алынды
revisions-shown = Көрсетілгені: { $shown }, барлығы: { $count }.
revisions-note = Көрсетілетін таңбалардан кіші өзгерістер тізімге кірмеді; файлдарда бәрі бар.
