# Что можно взять с собой вместе с графиком.
figure-download = Скачать:
figure-link = Ссылка
figure-embed = Встроить
figure-licence = Лицензия:
figure-licences = Все лицензии
