package io.tailrace.schemas.registry;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A version as a request names it: a number from 1, or the latest.
 *
 * @param number the number, or empty for the latest
 */
record Version(OptionalInt number) {
    static final Version LATEST = new Version(OptionalInt.empty());

    /**
     * Reads a version.
     *
     * @throws RegistryException 42202 if the text is neither "latest", nor -1, which means it too, nor a number from 1
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

    /** The registration it means, of some that are sorted by version. */
    Optional<Registration> of(List<Registration> versions) {
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
