//! The speeds as a picture: a group of bars for each load, a bar for each contender.

use anyhow::{Result, anyhow};
use plotters::prelude::{
    BLACK, ChartBuilder, Color, IntoDrawingArea, IntoFont, PathElement, RGBColor, Rectangle, SVGBackend,
    SeriesLabelPosition, Text, WHITE,
};

use super::figures::Figure;
use super::options::CONTENDERS;
use super::parts::Row;

const SIZE: (u32, u32) = (900, 420);
const FONT: &str = "sans-serif";
/// In the order of the contenders; to be told apart by those who see few colours, too.
const COLORS: [RGBColor; 4] =
    [RGBColor(0, 90, 160), RGBColor(230, 140, 30), RGBColor(245, 200, 130), RGBColor(130, 130, 130)];
/// The width of all bars of a group, which is 1 wide with the gap to the next.
const GROUP: f64 = 0.84;

/// Draws the rows as SVG: medians as bars, the range of all rounds as a line on top of each.
pub(crate) fn draw(rows: &[Row]) -> Result<String> {
    let mut svg = String::new();
    bars(&mut svg, rows).map_err(|why| anyhow!("the chart: {why}"))?;
    Ok(svg)
}

fn bars(svg: &mut String, rows: &[Row]) -> Result<(), Box<dyn std::error::Error>> {
    let speeds = CONTENDERS
        .map(|contender| rows.iter().map(|row| row.series(contender, Figure::Speed)).collect::<Vec<_>>());
    let ranges = speeds.iter().flatten().filter_map(|series| series.range());
    let highest = ranges.map(|(_, most)| most).fold(1.0, f64::max);

    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..rows.len() as f64, 0.0..highest * 1.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        // The groups have names instead.
        .x_labels(0)
        .y_desc("operations per second")
        .y_label_formatter(&|speed| format!("{speed:.0}"))
        .light_line_style(WHITE)
        .draw()?;

    let width = GROUP / CONTENDERS.len() as f64;
    for (number, (contender, color)) in CONTENDERS.into_iter().zip(COLORS).enumerate() {
        let left = |group: usize| group as f64 + (1.0 - GROUP) / 2.0 + number as f64 * width;
        let measured: Vec<_> = speeds[number]
            .iter()
            .enumerate()
            .filter_map(|(group, series)| Some((left(group), series.median()?, series.range()?)))
            .collect();
        chart
            .draw_series(measured.iter().map(|(left, median, _)| {
                Rectangle::new([(*left, 0.0), (left + width * 0.94, *median)], color.filled())
            }))?
            .label(contender.title())
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], color.filled()));
        chart.draw_series(measured.iter().map(|(left, _, (least, most))| {
            let middle = left + width * 0.47;
            PathElement::new([(middle, *least), (middle, *most)], BLACK)
        }))?;
        chart.draw_series(measured.iter().map(|(left, median, (_, most))| {
            let text = format!("{median:.0}");
            Text::new(text, (*left, most + highest * 0.045), (FONT, 12).into_font())
        }))?;
    }
    chart.draw_series(rows.iter().enumerate().map(|(group, row)| {
        let at = (group as f64 + 0.42, -highest * 0.02);
        Text::new(row.load.to_string(), at, (FONT, 14).into_font())
    }))?;
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .label_font((FONT, 13))
        .draw()?;
    area.present()?;
    Ok(())
}
