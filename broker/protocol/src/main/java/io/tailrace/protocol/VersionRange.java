package io.tailrace.protocol;

/**
 * Versions of an API.
 *
 * @param min the lowest, inclusive
 * @param max the highest, inclusive; not below {@code min}
 */
public record VersionRange(short min, short max) {
    public VersionRange {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("versions: expected 0 <= min <= max, found " + min + " to " + max);
        }
    }

    static VersionRange of(int min, int max) {
        return new VersionRange((short) min, (short) max);
    }

    /** Whether a version is in the range. */
    public boolean contains(short version) {
        return version >= min && version <= max;
    }

    @Override
    public String toString() {
        return min + "-" + max;
    }
}
