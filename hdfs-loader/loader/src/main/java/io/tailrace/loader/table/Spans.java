package io.tailrace.loader.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The spans of several files. Pure. */
public final class Spans {
    private Spans() {}

    /** Returns the union of the spans of all files, by partition and offset. Spans without a gap between them become one. */
    public static List<DataFile.Span> union(List<DataFile> files) {
        List<DataFile.Span> sorted = files.stream()
                .flatMap(file -> file.spans().stream())
                .sorted(Comparator.comparing(DataFile.Span::partition).thenComparing(DataFile.Span::first))
                .toList();
        List<DataFile.Span> union = new ArrayList<>();
        for (DataFile.Span span : sorted) {
            DataFile.Span previous = union.isEmpty() ? null : union.get(union.size() - 1);
            if (previous != null && previous.partition() == span.partition() && span.first() <= previous.last() + 1) {
                long last = Math.max(previous.last(), span.last());
                union.set(union.size() - 1, new DataFile.Span(span.partition(), previous.first(), last));
            } else {
                union.add(span);
            }
        }
        return union;
    }
}
