package io.tailrace.agent.parse;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Matches whole lines against an expression in the syntax of RE2, whose time is linear in the length of the line whatever the line
 * holds. The fields are the named groups that took part in the match.
 */
final class RegexParser extends FieldsParser {
    private final Pattern pattern;

    /**
     * A parser for an expression.
     *
     * @throws IllegalArgumentException if RE2 does not have it, as back references and look-around
     */
    RegexParser(String expression, Optional<TimeField> time, FixedFields fixed) {
        super(time, fixed);
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("expression of RE2: " + e.getMessage(), e);
        }
    }

    @Override
    @Nullable
    String fields(String line, Map<String, String> fields) {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            return "does not match " + pattern.pattern();
        }
        pattern.namedGroups().forEach((name, group) -> {
            String value = matcher.group(group);
            if (value != null) {
                fields.put(name, value);
            }
        });
        return null;
    }
}
