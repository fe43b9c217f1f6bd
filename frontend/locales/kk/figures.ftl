# Сызбамен бірге алуға болатын нәрселер.
figure-download = Жүктеп алу:
figure-link = Сілтеме
figure-embed = Ендіру
figure-licence = Лицензия:
figure-licences = Барлық лицензия
