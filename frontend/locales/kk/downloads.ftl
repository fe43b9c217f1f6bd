# Деректерді жүктеп алу.
downloads-title = Деректер
downloads-intro = Осы сайттағы барлық сан ашық: адамға арналған кесте ретінде де, бағдарламаға арналған файл ретінде де. Әр файлда дереккөзі, лицензиясы және ескертулері бар.
downloads-index = Индекс және критерийлер
downloads-index-of = Индекс: { $panel }, { $year } жыл
downloads-observations = Көрсеткіштердің мәндері
downloads-lists = Анықтамалықтар
downloads-areas = Өңірлер мен елдер
downloads-criteria = Критерийлер
downloads-indicators = Көрсеткіштер
downloads-sources = Дереккөздер
downloads-dataset = Деректер
downloads-formats = Пішімдер
downloads-cite-title = Қалай сілтеме жасалады
downloads-cite = Sandyq: { $index }, { $year } жылғы шығарылым, әдістеме { $framework }. { $link }
downloads-cite-note = Мәндердің өзіне жеткізушісінің лицензиясы қолданылады.
downloads-licences = дереккөздердің лицензиялары
