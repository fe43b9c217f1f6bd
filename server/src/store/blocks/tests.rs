//! Blocks read back what was written, and refuse what was not.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn series() -> SeriesKey {
    serde_json::from_str(r#"{"indicator":"schools_with_internet"}"#).unwrap()
}

fn dataflow() -> DataflowId {
    "TEST_FLOW".parse().unwrap()
}

fn table(n_areas: usize, n_periods: usize, cells: Vec<Option<Cell>>) -> Table {
    let vintage = |sequence| VintageId { dataflow: dataflow(), date: date(2024, 10, 24), sequence };
    Table {
        areas: (0..n_areas).map(|area| format!("KZ-{area:05}").parse().unwrap()).collect(),
        periods: (0..n_periods)
            .map(|number| {
                TimePeriod::Month(i16::try_from(1900 + number / 12).unwrap(), u8::try_from(number % 12).unwrap() + 1)
            })
            .collect(),
        vintages: (1..=3).map(vintage).collect(),
        cells,
    }
}

fn facts(table: &Table) -> Vec<(AreaCode, TimePeriod, Option<u64>, ObsStatus, VintageId)> {
    table
        .observations()
        .map(|(area, period, cell)| {
            let origin = table.vintages[usize::from(cell.vintage)].clone();
            (area.clone(), period, cell.value.map(f64::to_bits), cell.status, origin)
        })
        .collect()
}

fn any_cell() -> impl Strategy<Value = Option<Cell>> {
    let value = prop_oneof![Just(None), (-1e12..1e12f64).prop_map(Some), Just(Some(0.0)), Just(Some(-0.0))];
    let cell = (value, prop::sample::select(STATUSES.to_vec()), 0..3u16).prop_map(|(value, status, vintage)| Cell {
        value,
        status,
        vintage,
    });
    prop_oneof![1 => Just(None), 4 => cell.prop_map(Some)]
}

fn any_table() -> impl Strategy<Value = Table> {
    (1..30usize, 1..200usize).prop_flat_map(|(n_areas, n_periods)| {
        prop::collection::vec(any_cell(), n_areas * n_periods).prop_map(move |cells| table(n_areas, n_periods, cells))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_cut_table_reads_back(table in any_table()) {
        let blocks = table.cut(&dataflow(), &series()).unwrap();
        prop_assert!(blocks.iter().all(|(_, sealed)| sealed.len() <= 64 << 10));
        let read = Table::read(&series(), &blocks).unwrap();
        prop_assert_eq!(facts(&read), facts(&table));
    }

    #[test]
    fn a_flipped_bit_is_never_read_as_data(table in any_table(), position in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut blocks = table.cut(&dataflow(), &series()).unwrap();
        prop_assume!(!blocks.is_empty());
        let sealed = &mut blocks[0].1;
        let position = position.index(sealed.len());
        sealed[position] ^= 1 << bit;
        prop_assert!(Table::read(&series(), &blocks).unwrap_err().is_damage());
    }

    #[test]
    fn a_shortened_block_is_never_read_as_data(table in any_table(), length in any::<prop::sample::Index>()) {
        let mut blocks = table.cut(&dataflow(), &series()).unwrap();
        prop_assume!(!blocks.is_empty());
        let sealed = &mut blocks[0].1;
        sealed.truncate(length.index(sealed.len()));
        prop_assert!(Table::read(&series(), &blocks).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Table::decode_body(&series(), &body).is_err());
    }
}

#[test]
fn long_rows_and_many_areas_are_cut_and_joined() {
    let cell = |value: f64| Some(Cell { value: Some(value), status: ObsStatus::Normal, vintage: 0 });
    for (n_areas, n_periods) in [(5000, 2), (3, 3000), (1, 3500)] {
        let cells = (0..n_areas * n_periods).map(|number| cell(f64::from(u32::try_from(number).unwrap()))).collect();
        let table = table(n_areas, n_periods, cells);
        let blocks = table.cut(&dataflow(), &series()).unwrap();
        assert!(blocks.len() >= n_areas * n_periods / MAX_CELLS, "{n_areas} × {n_periods}");
        assert_eq!(facts(&Table::read(&series(), &blocks).unwrap()), facts(&table));
    }
}

#[test]
fn a_block_of_another_series_is_refused() {
    let other: SeriesKey = serde_json::from_str(r#"{"indicator":"schools_with_computers"}"#).unwrap();
    let cells = vec![Some(Cell { value: Some(97.2), status: ObsStatus::Normal, vintage: 0 })];
    let blocks = table(1, 1, cells).cut(&dataflow(), &series()).unwrap();
    let error = Table::read(&other, &blocks).unwrap_err();
    assert!(error.to_string().contains("belongs to the series schools_with_internet"), "{error}");
}
