package io.tailrace.systemtests.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * {@code docs/compatibility.md}: below the heading of each client, a table whose first column names operations. All other text
 * is written by hand and kept.
 */
record CompatibilityDocument(String text) {
    /** The section that stays the last one: clients that are new are put before it. */
    static final String LAST_HEADING = "## Not supported";

    /** The rows of a client's table, each as its cells; empty if there is none. */
    List<List<String>> rows(String client) {
        List<String> lines = text.lines().toList();
        int start = lines.indexOf(heading(client));
        if (start < 0) {
            return List.of();
        }
        return lines.subList(start + 1, end(lines, start)).stream()
                .filter(line -> line.startsWith("|"))
                .skip(2)
                .map(CompatibilityDocument::cells)
                .toList();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
                .map(String::strip)
                .toList();
    }

    /** The text with this table in place of the client's. */
    String withTable(String client, List<String> versions, List<List<String>> rows) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (!lines.contains(heading(client))) {
            int last = lines.indexOf(LAST_HEADING);
            lines.addAll(last < 0 ? lines.size() : last, List.of(heading(client), "", ""));
        }
        int start = lines.indexOf(heading(client));
        List<String> section = lines.subList(start + 1, end(lines, start));
        section.removeIf(line -> line.startsWith("|"));
        while (!section.isEmpty() && section.get(section.size() - 1).isEmpty()) {
            section.remove(section.size() - 1);
        }
        section.add("");
        section.addAll(table(versions, rows));
        section.add("");
        return String.join("\n", lines).strip() + "\n";
    }

    private static List<String> table(List<String> versions, List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        lines.add("| operation | " + String.join(" | ", versions) + " |");
        lines.add("|" + String.join("|", Collections.nCopies(versions.size() + 1, "---")) + "|");
        rows.forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
        return lines;
    }

    private static String heading(String client) {
        return "## " + client;
    }

    /** Index of the first line after a section. */
    private static int end(List<String> lines, int start) {
        for (int i = start + 1; i < lines.size(); i++) {
            if (lines.get(i).startsWith("## ")) {
                return i;
            }
        }
        return lines.size();
    }
}
