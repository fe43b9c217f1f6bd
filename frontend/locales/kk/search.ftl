# Іздеу.
search = Іздеу
search-label = Өңір, критерий, көрсеткіш немесе платформа іздеу
search-title = «{ $words }» бойынша табылғаны
search-found = { $count } атау табылды.
search-nothing = Мұндай атау табылмады. Қысқарақ немесе басқаша жазып көріңіз: қазақша, орысша, ағылшынша, кирилл не латын әрпімен іздеуге болады.
search-all-regions = Барлық өңір
kind-region = өңір
kind-criterion = критерий
kind-indicator = көрсеткіш
search-standing = { $year } жылы { $score } балл, { $rank }‑орын
nav-releases = Шығарылымдар
nav-downloads = Деректер
kind-platform = білім беру платформасы
