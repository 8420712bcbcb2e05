package io.tailrace.schemas.registry;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A version in a request: a number from 1, or the latest.
 *
 * @param number empty for the latest
 */
record Version(OptionalInt number) {
    static final Version LATEST = new Version(OptionalInt.empty());

    /**
     * Parses a version.
     *
     * @param text a number from 1, or "latest" or -1, which mean the same
     * @throws RegistryException 42202 for any other text
     */
    static Version parse(String text) {
        if (text.equals("latest") || text.equals("-1")) {
            return LATEST;
        }
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return new Version(OptionalInt.of(number));
            }
        } catch (NumberFormatException e) {
            throw RegistryException.invalidVersion(text);
        }
        throw RegistryException.invalidVersion(text);
    }

    boolean isLatest() {
        return number.isEmpty();
    }

    /** Finds this version among registrations that are sorted by version. */
    Optional<Registration> in(List<Registration> versions) {
        if (number.isPresent()) {
            return versions.stream()
                    .filter(registration -> registration.version() == number.getAsInt())
                    .findFirst();
        }
        return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
    }

    @Override
    public String toString() {
        return number.isPresent() ? String.valueOf(number.getAsInt()) : "latest";
    }
}
