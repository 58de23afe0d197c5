//! The speeds as a picture: a group of bars for each load, a bar for each contender.

use anyhow::{Result, anyhow};
use plotters::prelude::*;
use throughput_side::{Contender, Load};

use super::figures::{Row, SPEED};

const SIZE: (u32, u32) = (900, 420);
/// To be told apart by those who see few colours, too.
const COLORS: [RGBColor; 4] =
    [RGBColor(0, 90, 160), RGBColor(230, 140, 30), RGBColor(245, 200, 130), RGBColor(130, 130, 130)];

/// Draws the rows as SVG: medians as bars, the range of all rounds as a line on top of each.
pub(crate) fn draw(rows: &[Row], contenders: &[Contender; 4]) -> Result<String> {
    let mut svg = String::new();
    bars(&mut svg, rows, contenders).map_err(|why| anyhow!("the chart: {why}"))?;
    Ok(svg)
}

fn bars(
    svg: &mut String,
    rows: &[Row],
    contenders: &[Contender; 4],
) -> Result<(), Box<dyn std::error::Error>> {
    let loads: Vec<Load> = rows.iter().map(|row| row.load).collect();
    let speeds = contenders.map(|contender| {
        let speeds = rows.iter().zip(&loads).filter_map(move |(row, load)| {
            let speed = row.series(contender.title(), &SPEED);
            Some((load, speed.median()?, speed.range()?))
        });
        speeds.collect::<Vec<_>>()
    });
    let highest = speeds.iter().flatten().map(|(_, _, (_, most))| *most).fold(1.0, f64::max);

    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    // In a group, each bar is 1 wide; half of that is between two groups.
    let groups = loads.nested_coord(|_| -0.25..contenders.len() as f64 + 0.25);
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(60)
        .build_cartesian_2d(groups, 0.0..highest * 1.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(0)
        .x_labels(loads.len())
        .x_label_formatter(&|group| group.category().to_string())
        .y_desc("operations per second")
        .y_label_formatter(&|speed| format!("{speed:.0}"))
        .draw()?;
    for (number, ((contender, color), speeds)) in contenders.iter().zip(COLORS).zip(&speeds).enumerate() {
        let (left, middle, right) = (number as f64, number as f64 + 0.475, number as f64 + 0.95);
        chart
            .draw_series(speeds.iter().map(|&(load, median, _)| {
                Rectangle::new([((load, left).into(), 0.0), ((load, right).into(), median)], color.filled())
            }))?
            .label(contender.title())
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], color.filled()));
        chart.draw_series(speeds.iter().map(|&(load, median, (least, most))| {
            ErrorBar::new_vertical((load, middle).into(), least, median, most, BLACK, 6)
        }))?;
    }
    let mut legend = chart.configure_series_labels();
    legend.position(SeriesLabelPosition::UpperLeft).background_style(WHITE).border_style(BLACK).draw()?;
    area.present()?;
    Ok(())
}
