package io.tailrace.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a command prints, for people or for programs.
 *
 * <p>Column names are in upper case with dashes, such as {@code LOG-END-OFFSET}; in JSON the same column is
 * {@code logEndOffset}. A cell is text, a number, a boolean or null, which a table shows as {@code -}. Not
 * thread-safe.
 */
public final class OutputTable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CsvMapper CSV = new CsvMapper();

    private final List<String> columns;
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    public OutputTable(String... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row with one cell per column. */
    public void add(@Nullable Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalStateException("row has " + cells.length + " cells, expected one for each of " + columns);
        }
        rows.add(cells);
    }

    /** Prints all rows: as aligned columns under a header, as a JSON array on one line, or as CSV with a header. */
    public void print(OutputFormat format, PrintWriter out) {
        out.print(render(format));
        out.flush();
    }

    private String render(OutputFormat format) {
        try {
            return switch (format) {
                case TABLE -> aligned();
                case JSON -> JSON.writeValueAsString(objects()) + System.lineSeparator();
                case CSV -> csv();
            };
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + columns, e);
        }
    }

    private String csv() throws JsonProcessingException {
        CsvSchema.Builder head = CsvSchema.builder().setUseHeader(true);
        columns.forEach(head::addColumn);
        return CSV.writer(head.build()).writeValueAsString(rows);
    }

    private List<Map<String, @Nullable Object>> objects() {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        for (@Nullable Object[] row : rows) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            for (int i = 0; i < row.length; i++) {
                object.put(jsonName(columns.get(i)), row[i]);
            }
            objects.add(object);
        }
        return objects;
    }

    private static String jsonName(String column) {
        StringBuilder name = new StringBuilder();
        for (String word : column.toLowerCase(Locale.ROOT).split("-", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    private String aligned() {
        int[] widths = columns.stream().mapToInt(String::length).toArray();
        for (@Nullable Object[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], text(row[i]).length());
            }
        }
        StringBuilder text = new StringBuilder();
        line(text, columns.toArray(), widths);
        rows.forEach(row -> line(text, row, widths));
        return text.toString();
    }

    private static void line(StringBuilder text, @Nullable Object[] cells, int[] widths) {
        int start = text.length();
        for (int i = 0; i < cells.length; i++) {
            String alignment = cells[i] instanceof Number ? "%" : "%-";
            text.append(String.format(Locale.ROOT, alignment + widths[i] + "s  ", text(cells[i])));
        }
        int end = text.length();
        while (end > start && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
        text.append(System.lineSeparator());
    }

    private static String text(@Nullable Object cell) {
        return cell == null ? "-" : cell.toString();
    }
}
