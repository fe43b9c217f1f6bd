# Скачивание данных.
downloads-title = Данные
downloads-intro = Все числа этого сайта открыты: таблицами для людей и файлами для программ. В каждом файле указаны источник, лицензия и оговорки.
downloads-index = Индекс и критерии
downloads-index-of = Индекс: { $panel }, { $year } год
downloads-observations = Значения показателей
downloads-lists = Справочники
downloads-areas = Регионы и страны
downloads-criteria = Критерии
downloads-indicators = Показатели
downloads-sources = Источники
downloads-dataset = Данные
downloads-formats = Форматы
downloads-cite-title = Как ссылаться
downloads-cite = Sandyq: { $index }, выпуск за { $year } год, методология { $framework }. { $link }
downloads-cite-note = На сами значения действует лицензия их поставщика.
downloads-licences = по лицензиям источников
