package io.tailrace.schemas.registry;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The content types of responses, of which a client's {@code Accept} header chooses one. */
final class ContentType {
    static final String DEFAULT = "application/vnd.schemaregistry.v1+json";

    private static final List<String> SERVED =
            List.of(DEFAULT, "application/vnd.schemaregistry+json", "application/json");

    private ContentType() {}

    /**
     * The type that a client likes best, of two equal ones the first of ours. A client that accepts none gets the default,
     * since a body with an unwanted type explains more than none.
     *
     * @param accept the values of the {@code Accept} headers; null if there are none
     */
    static String accepted(@Nullable List<String> accept) {
        String best = DEFAULT;
        double bestQuality = 0;
        for (String served : SERVED) {
            double quality = quality(served, accept == null ? List.of() : accept);
            if (quality > bestQuality) {
                best = served;
                bestQuality = quality;
            }
        }
        return best;
    }

    private static double quality(String served, List<String> accept) {
        double best = 0;
        for (String range : String.join(",", accept).split(",", -1)) {
            String[] parts = range.toLowerCase(Locale.ROOT).split(";", -1);
            if (parts[0].strip().equals(served) || parts[0].strip().equals("*/*")) {
                best = Math.max(best, quality(parts));
            }
        }
        return best;
    }

    private static double quality(String[] parts) {
        for (String part : parts) {
            if (part.strip().startsWith("q=")) {
                try {
                    return Double.parseDouble(part.strip().substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
