package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogFormat.Part;
import io.tailrace.agent.parse.LogFormat.Text;
import io.tailrace.agent.parse.LogFormat.Value;
import io.tailrace.agent.parse.LogValue.Column;
import io.tailrace.agent.parse.LogValue.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Joins the parts of a log format that follow each other and make one. */
final class JoinedParts {
    private static final Set<String> QUERIES = Set.of(ApacheLogFormat.QUERY_STRING, "args", "query_string");

    private final String format;
    private final List<Part> parts = new ArrayList<>();

    private JoinedParts(String format) {
        this.format = format;
    }

    /**
     * Joins texts, the path with its query string, and values that have no column and no text between them. Only a path may
     * directly follow another value: it begins at the first slash.
     *
     * @throws IllegalArgumentException if other values have no text between them
     */
    static List<Part> of(String format, List<Part> parts) {
        JoinedParts joined = new JoinedParts(format);
        parts.forEach(joined::add);
        return joined.parts;
    }

    private @Nullable Part fromEnd(int place) {
        return parts.size() < place ? null : parts.get(parts.size() - place);
    }

    private void replaceLast(Part part) {
        parts.set(parts.size() - 1, part);
    }

    private void add(Part part) {
        Part last = fromEnd(1);
        if (part instanceof Text text) {
            addText(text, last);
            return;
        }
        LogValue value = ((Value) part).value();
        boolean isQuery = QUERIES.contains(value.name());
        if (isPath(last) && (isQuery || value.name().equals("is_args"))) {
            return;
        }
        if (isQuery && last instanceof Text text && text.text().equals("?") && isPath(fromEnd(2))) {
            parts.remove(parts.size() - 1);
        } else if (last instanceof Value before && value.shape() != Shape.PATH) {
            replaceLast(new Value(joined(before.value(), value)));
        } else if (last instanceof Value before && before.value().column() != Column.FIELD) {
            throw notSeparated(before.value(), value);
        } else {
            parts.add(part);
        }
    }

    private void addText(Text text, @Nullable Part last) {
        if (last instanceof Text before) {
            replaceLast(new Text(before.text() + text.text()));
        } else {
            parts.add(text);
        }
    }

    private static boolean isPath(@Nullable Part part) {
        return part instanceof Value value && value.value().shape() == Shape.PATH;
    }

    /** One field for two values that cannot be told apart. */
    private LogValue joined(LogValue first, LogValue second) {
        if (first.column() != Column.FIELD || second.column() != Column.FIELD) {
            throw notSeparated(first, second);
        }
        boolean areWords = first.shape() == Shape.WORD && second.shape() == Shape.WORD;
        return LogValue.field(first.name() + "+" + second.name(), areWords ? Shape.WORD : Shape.TEXT);
    }

    private IllegalArgumentException notSeparated(LogValue first, LogValue second) {
        return new IllegalArgumentException(
                "log format \"" + format + "\": expected text between " + first.name() + " and " + second.name());
    }
}
