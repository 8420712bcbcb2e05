package io.tailrace.agent.parse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Matches whole lines against an expression. The fields are the named groups that took part in the match. */
final class RegexParser extends FieldsParser {
    private static final Pattern GROUP_NAME = Pattern.compile("\\(\\?<([a-zA-Z][a-zA-Z0-9]*)>");

    private final Pattern pattern;
    private final List<String> groups;

    RegexParser(Pattern pattern, Optional<TimeField> time) {
        super(time);
        this.pattern = pattern;
        this.groups = namedGroups(pattern);
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
    @Nullable
    String fields(String line, Map<String, String> fields) {
        Matcher matcher = pattern.matcher(line);
        try {
            if (!matcher.matches()) {
                return "does not match " + pattern.pattern();
            }
        } catch (StackOverflowError e) {
            return "too long for " + pattern.pattern();
        }
        for (String group : groups) {
            String value = matcher.group(group);
            if (value != null) {
                fields.put(group, value);
            }
        }
        return null;
    }
}
