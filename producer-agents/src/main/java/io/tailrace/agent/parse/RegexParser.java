package io.tailrace.agent.parse;

import io.tailrace.schemas.Schemas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.avro.Schema;

/** Matches whole lines against an expression. The fields are the named groups that took part in the match. */
final class RegexParser implements LineParser {
    private static final Pattern GROUP_NAME = Pattern.compile("\\(\\?<([a-zA-Z][a-zA-Z0-9]*)>");

    private final Pattern pattern;
    private final List<String> groups;
    private final Optional<TimeField> time;

    RegexParser(Pattern pattern, Optional<TimeField> time) {
        this.pattern = pattern;
        this.groups = namedGroups(pattern);
        this.time = time;
    }

    /** The names of an expression's groups, which Java 17 does not provide. */
    static List<String> namedGroups(Pattern pattern) {
        LinkedHashSet<String> names = new LinkedHashSet<>();
        Matcher found = GROUP_NAME.matcher(pattern.pattern());
        while (found.find()) {
            if (hasGroup(pattern, found.group(1))) {
                names.add(found.group(1));
            }
        }
        return new ArrayList<>(names);
    }

    /** Whether a name is a group's, and not escaped text: only a group can have a back reference. */
    private static boolean hasGroup(Pattern pattern, String name) {
        try {
            return !Pattern.compile(pattern.pattern() + "\\k<" + name + ">", pattern.flags())
                    .pattern()
                    .isEmpty();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    @Override
    public Schema schema() {
        return Schemas.RAW_LINE;
    }

    @Override
    public Outcome parse(String line, long readMs) {
        Matcher matcher = pattern.matcher(line);
        try {
            if (!matcher.matches()) {
                return new Rejected("does not match " + pattern.pattern());
            }
        } catch (StackOverflowError e) {
            return new Rejected("too long for " + pattern.pattern());
        }
        Map<String, String> fields = new HashMap<>();
        for (String group : groups) {
            String value = matcher.group(group);
            if (value != null) {
                fields.put(group, value);
            }
        }
        return time.map(field -> field.event(line, fields)).orElseGet(() -> RawParser.event(line, fields, readMs));
    }
}
