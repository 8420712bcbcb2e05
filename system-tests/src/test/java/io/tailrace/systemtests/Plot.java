package io.tailrace.systemtests;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A line chart, written as SVG. */
final class Plot {
    private final XYChart chart;

    Plot(String title, String xAxis, String yAxis) {
        chart = new XYChartBuilder()
                .width(900)
                .height(450)
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle(yAxis)
                .build();
        chart.getStyler()
                .setYAxisMin(0.0)
                .setYAxisDecimalPattern("#,##0")
                .setLegendPosition(LegendPosition.OutsideS)
                .setChartBackgroundColor(Color.WHITE);
    }

    /** A line through many points. */
    void line(String name, List<? extends Number> x, List<? extends Number> y) {
        add(name, x, y, SeriesMarkers.NONE);
    }

    /** A line with a marker at each of a few points. */
    void points(String name, List<? extends Number> x, List<? extends Number> y) {
        add(name, x, y, SeriesMarkers.CIRCLE);
    }

    private void add(String name, List<? extends Number> x, List<? extends Number> y, Marker marker) {
        chart.addSeries(name, x, y).setMarker(marker);
    }

    /** A vertical line with a label. */
    void mark(double x, String label) {
        chart.addAnnotation(new AnnotationLine(x, true, false));
        chart.addAnnotation(new AnnotationText(label, x, 0, false));
    }

    /** Writes {@code docs/measurements/NAME.svg}. */
    void write(String name) throws IOException {
        Files.createDirectories(Findings.FOLDER);
        VectorGraphicsEncoder.saveVectorGraphic(
                chart, Findings.FOLDER.resolve(name).toString(), VectorGraphicsFormat.SVG);
    }
}
