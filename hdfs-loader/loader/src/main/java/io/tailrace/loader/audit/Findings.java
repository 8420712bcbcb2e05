package io.tailrace.loader.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The findings of a verification of an hour's files. Empty if the hour was not verified.
 *
 * @param altered by host, the files that are not as they were written
 * @param unverified by host, the files whose rows cannot all be verified
 * @param damaged files that cannot be read to their end
 */
public record Findings(Map<String, List<String>> altered, Map<String, List<String>> unverified, List<String> damaged) {
    static final Findings NONE = new Findings();

    Findings() {
        this(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    }

    public boolean isEmpty() {
        return altered.isEmpty() && unverified.isEmpty() && damaged.isEmpty();
    }

    /** The altered and damaged files that may have rows of a host. */
    List<String> alteredFor(String host) {
        List<String> files = new ArrayList<>(altered.getOrDefault(host, List.of()));
        files.addAll(damaged);
        return files;
    }
}
