package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The description of a setting that clients get.
 *
 * @param name its name
 * @param type the type of its value, such as {@link DescribeConfigsResponse#TYPE_LONG}
 * @param defaultText its built-in value, null if it has none
 * @param doc what it is for
 */
public record SettingInfo(String name, byte type, @Nullable String defaultText, String doc) {

    /** Describes a key. */
    public static SettingInfo of(ConfigKey<?> key) {
        return new SettingInfo(key.name(), type(key), key.defaultText(), key.doc());
    }

    /** The type of the key's default; unknown for a key without a default, whose documentation says what it accepts. */
    static byte type(ConfigKey<?> key) {
        Object value = key.defaultText() == null ? null : key.parser().apply(key.defaultText());
        if (value instanceof Boolean) {
            return DescribeConfigsResponse.TYPE_BOOLEAN;
        } else if (value instanceof Integer) {
            return DescribeConfigsResponse.TYPE_INT;
        } else if (value instanceof Long) {
            return DescribeConfigsResponse.TYPE_LONG;
        } else if (value instanceof Double) {
            return DescribeConfigsResponse.TYPE_DOUBLE;
        } else if (value instanceof Collection) {
            return DescribeConfigsResponse.TYPE_LIST;
        }
        return value == null ? DescribeConfigsResponse.TYPE_UNKNOWN : DescribeConfigsResponse.TYPE_STRING;
    }
}
