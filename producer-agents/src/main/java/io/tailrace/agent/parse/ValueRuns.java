package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogFormat.Part;
import io.tailrace.agent.parse.LogFormat.Text;
import io.tailrace.agent.parse.LogFormat.Value;
import io.tailrace.agent.parse.LogValue.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decides what the values of a log format may contain where only a space, a comma or the like separates them.
 *
 * <p>In such a run, one value may contain the separator: the others have a known number of them, so where it ends is found by
 * counting. Several such values cannot be told apart.
 */
final class ValueRuns {
    private static final Pattern SEPARATOR = Pattern.compile("[ ,;|]+");

    private final String format;
    private final List<Part> parts;

    private ValueRuns(String format, List<Part> parts) {
        this.format = format;
        this.parts = new ArrayList<>(parts);
    }

    /** Whether a text is nothing but a separator, which an unquoted value may contain. */
    static boolean isSeparator(String text) {
        return SEPARATOR.matcher(text).matches();
    }

    /**
     * Gives every value of the shape {@link Shape#UNKNOWN} another one.
     *
     * @throws IllegalArgumentException if a line's values could not be told apart
     */
    static List<Part> settled(String format, List<Part> parts) {
        ValueRuns runs = new ValueRuns(format, parts);
        for (int at = 0; at < parts.size(); at++) {
            if (runs.isSeparatorAt(at) && !runs.continuesRun(at)) {
                runs.settle(runs.runFrom(at), ((Text) parts.get(at)).text());
            }
        }
        for (int at = 0; at < parts.size(); at++) {
            runs.reshape(at, Shape.TEXT);
        }
        return runs.parts;
    }

    /** Whether a part is a separator between two values without quotes. */
    private boolean isSeparatorAt(int at) {
        return at > 0
                && at + 1 < parts.size()
                && parts.get(at) instanceof Text text
                && isSeparator(text.text())
                && parts.get(at - 1) instanceof Value
                && parts.get(at + 1) instanceof Value;
    }

    /** The place of the separator before this one, if only a value, or a value and a path, are between them; else -1. */
    private int separatorBefore(int at) {
        int before = at - 1;
        while (before >= 0 && parts.get(before) instanceof Value) {
            before--;
        }
        return before;
    }

    private boolean continuesRun(int at) {
        int before = separatorBefore(at);
        return before >= 0 && isSeparatorAt(before) && parts.get(before).equals(parts.get(at));
    }

    /** The places of the values in the run whose first separator is at a place. A value directly before a path is left out. */
    private List<Integer> runFrom(int at) {
        List<Integer> values = new ArrayList<>(List.of(at - 1));
        int separator = at;
        boolean goesOn = true;
        while (goesOn) {
            int value = separator + 1;
            while (value + 1 < parts.size() && parts.get(value + 1) instanceof Value) {
                value++;
            }
            values.add(value);
            goesOn = isSeparatorAt(value + 1) && parts.get(value + 1).equals(parts.get(at));
            separator = value + 1;
        }
        return values;
    }

    private void settle(List<Integer> run, String separator) {
        List<Integer> open = run.stream().filter(this::mayContainSpaces).toList();
        if (open.size() < 2) {
            return;
        }
        open.forEach(at -> reshape(at, Shape.WORD));
        List<Integer> left = open.stream().filter(this::mayContainSpaces).toList();
        if (left.size() > 1 && !areDecidable(left, run, separator)) {
            throw new IllegalArgumentException("log format \"" + format
                    + "\": expected quotes around values that may contain spaces: "
                    + value(left.get(0)).name() + " and " + value(left.get(1)).name());
        }
    }

    /** Whether the values are lists, and perhaps one text behind all of them that a list cannot be continued by. */
    private boolean areDecidable(List<Integer> values, List<Integer> run, String separator) {
        int last = values.get(values.size() - 1);
        boolean beginWithLists =
                values.stream().allMatch(at -> at == last || value(at).shape() == Shape.LIST);
        boolean isSafeEnd = value(last).shape() == Shape.LIST
                || value(run.get(run.indexOf(last) - 1)).shape() != Shape.LIST;
        return separator.equals(" ") && beginWithLists && isSafeEnd;
    }

    private boolean mayContainSpaces(int at) {
        return switch (value(at).shape()) {
            case WORD, ADDRESS, TIME -> false;
            case LIST, TEXT, PATH, UNKNOWN -> true;
        };
    }

    private LogValue value(int at) {
        return ((Value) parts.get(at)).value();
    }

    private void reshape(int at, Shape shape) {
        if (parts.get(at) instanceof Value value && value.value().shape() == Shape.UNKNOWN) {
            parts.set(at, new Value(value.value().withShape(shape)));
        }
    }
}
